"""About 130 texts of every length and kind, to measure the ranges of int8 activations on.

They are ours, made here from a few lists, so that a build needs no data set and is
the same everywhere. What counts is the spread: one word to several hundred, tasks,
answers, code, numbers, lists, other scripts, markup.
"""

TASKS = (
    "Explain {} in simple terms.",
    "Write a short story about {}.",
    "List five facts about {}.",
    "What is the difference between {} and {}?",
    "Give me advice on {}.",
    "Summarize the following paragraph about {}.",
    "Classify the sentence as positive or negative: I was disappointed by {}.",
    "Translate into French: We talked about {} all evening.",
    "Rewrite this sentence in the passive voice: The teacher described {} to the class.",
    "Generate a headline for an article on {}",
    "Compare {} with {} and say which is better for a beginner.",
    "Create a quiz question whose answer is {}.",
    "Why do people care about {}?",
    "Design a lesson plan for {}, for children aged ten.",
    "Find the spelling mistakes: Teh history of {} is intresting.",
    "Compose a polite email asking a colleague for help with {}.",
)
TOPICS = (
    "photosynthesis", "the French Revolution", "compound interest", "a lost bicycle",
    "binary search", "climate change", "chess openings", "sourdough bread", "black holes",
    "job interviews", "the human heart", "online shopping", "jazz music", "renewable energy",
    "healthy breakfasts", "machine learning", "ancient Rome", "public transport", "tax returns",
    "a talking cat", "vaccines", "team work", "the Pythagorean theorem", "electric cars",
    "remote work", "Shakespeare's sonnets", "inflation", "coral reefs", "password security",
    "mountain hiking", "the water cycle", "customer complaints", "football tactics",
    "supply and demand", "garden tomatoes", "the Moon landing", "social media",
)  # fmt: skip
ANSWERS = (
    "{} is best understood by starting from a small example and adding one detail at a time.",
    "Many people first meet {} at school, yet few remember why it mattered.",
    "In 2019, about 37% of those asked said that they knew little or nothing of {}.",
    "First, gather what you need. Second, set aside an hour. Third, begin with {}.",
    "The main advantages are lower cost, better quality and less waste; the main risk is {}.",
    "She looked out of the window, thought of {}, and quietly closed the door behind her.",
    "As a result, scientists at several universities have begun to study {} more closely.",
    "However, there is no single answer: it depends on your goals, your budget and your time.",
    "For example, a family of four can save up to $1,250.50 a year.",
    "1. Research {}\n2. Make a plan\n3. Review the results\n4. Repeat",
    "Thank you for your message! We are sorry to hear about the trouble with {}.",
    "It was a cold morning in October, and nobody in the village had heard of {} before.",
    "Experts recommend at least 30 minutes of {} three times a week.",
    "To sum up, {} affects how we live, how we work and how we speak with one another.",
    "\"I never liked {},\" the old man said, \"but my brother could not live without it.\"",
    "- cheap\n- easy to learn\n- useful for {}",
    "The word comes from Greek and was used by merchants long before {} became common.",
)  # fmt: skip
ODDITIES = (
    "",
    ".",
    "Yes",
    "No.",
    "42",
    "Paris",
    "positive",
    "3.14159, 2.71828, 1.41421",
    "H2O + CO2 -> C6H12O6 + O2",
    "def add(a, b):\n    return a + b",
    "for (int i = 0; i < 10; i++) { printf(\"%d\\n\", i); }",
    "SELECT name, COUNT(*) FROM orders WHERE price > 10 GROUP BY name ORDER BY 2 DESC;",
    "<html><body><h1>Title</h1><p>Some text</p></body></html>",
    "{\"name\": \"Ada\", \"age\": 36, \"tags\": [\"math\", \"engine\"]}",
    "import numpy as np\nx = np.linspace(0, 1, 100)\nprint(x.mean())",
    "x^2 - 5x + 6 = 0, so x = 2 or x = 3",
    "https://example.org/a/page?query=text&page=2#part",
    "Wie spät ist es? Es ist halb neun.",
    "¿Dónde está la biblioteca más cercana?",
    "Je voudrais un café et un croissant, s'il vous plaît.",
    "今日はとても良い天気ですね。",
    "Сегодня хорошая погода, и мы идём гулять.",
    "مرحبا، كيف حالك اليوم؟",
    "आज मौसम बहुत अच्छा है।",
    "Great job! 🎉🚀 See you tomorrow 😀",
    "AAAAAAAA!!!!!! ??? ...",
    "asdf qwer zxcv hjkl uiop",
    "the the the the the the the the the the the the",
    "Input: [3, 1, 2]\nOutput: [1, 2, 3]",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
)  # fmt: skip


def _task(number: int) -> str:
    """An instruction of one sentence; the strides make neighbours differ."""
    topic, other = TOPICS[number * 7 % len(TOPICS)], TOPICS[number * 11 % len(TOPICS) - 1]
    return TASKS[number % len(TASKS)].format(topic, other)


def _answer(number: int, sentences: int) -> str:
    """A passage about one topic."""
    topic = TOPICS[number * 5 % len(TOPICS)]
    picks = (ANSWERS[(number * 3 + step * 4) % len(ANSWERS)] for step in range(sentences))
    return " ".join(pick.format(topic) for pick in picks)


TEXTS = (
    *ODDITIES,
    *(_task(number) for number in range(36)),
    *(f"{_task(number)}\n{_answer(number, 1 + number % 4)}" for number in range(36, 64)),
    *(_answer(number, 1 + number % 12) for number in range(64, 100)),
)
