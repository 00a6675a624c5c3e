# Two stages: pip and its caches stay in the first, the second holds Python, the dependencies and the bot.
FROM python:3.12-slim AS build

WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv \
    && sed '/^# --- development ---$/,$d' requirements.lock > runtime.lock \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r runtime.lock \
    && /venv/bin/pip uninstall --yes --quiet pip


FROM python:3.12-slim

RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin bot \
    && mkdir /data && chown bot /data

COPY --from=build /venv /venv
COPY manifest.json /app/
COPY knowledge /app/knowledge
COPY bot /app/bot

# PYTHONDONTWRITEBYTECODE: the root file system may be mounted read-only; only /data is written to.
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/data \
    HOST=0.0.0.0 \
    PORT=3000

USER bot
WORKDIR /data
VOLUME /data
EXPOSE 3000

# Healthy means connected: /readyz answers 200 only while Slack can reach the bot.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\") or 3000}/readyz', timeout=4)"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
