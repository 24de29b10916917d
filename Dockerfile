FROM python:3.12-slim-bookworm
RUN useradd --create-home --uid 10001 dartboard && install -d -o dartboard -m 0700 /data
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock \
    && pip install --no-cache-dir torch==2.13.0
COPY pyproject.toml README.md ./
COPY app app
COPY templates templates
COPY static static
COPY migrations migrations
RUN pip install --no-cache-dir --no-deps .
USER dartboard
ENV DARTBOARD_DATA_DIR=/data
VOLUME /data
EXPOSE 8765
ENTRYPOINT ["dartboard"]
CMD ["serve", "--host", "0.0.0.0", "--no-browser"]
