FROM python:3.12-slim-bookworm
RUN useradd --create-home --uid 10001 dartboard && install -d -o dartboard -m 0700 /data
WORKDIR /app
COPY pyproject.toml requirements.lock README.md ./
COPY app app
COPY templates templates
COPY static static
COPY migrations migrations
RUN pip install --no-cache-dir --constraint requirements.lock .
USER dartboard
ENV DARTBOARD_DATA_DIR=/data
VOLUME /data
EXPOSE 8765
ENTRYPOINT ["dartboard"]
CMD ["serve", "--host", "0.0.0.0", "--no-browser"]
