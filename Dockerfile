# Two stages: pip, setuptools, binutils and caches stay in the first; the second holds Python and /venv with the bot in it.
# The base is named by its tag: a digest holds for one registry's copy, and nobody could check here that it is the right
# one. Where you build for production, write the digest that `docker buildx imagetools inspect python:3.12-slim` prints.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build

RUN apt-get update && apt-get install --yes --no-install-recommends binutils

WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /venv \
    && python -m venv /tools \
    && sed '/^# --- localslack ---$/,$d' requirements.lock > runtime.lock \
    && sed -n '/^setuptools==/,/# via/p' requirements.lock > tools.lock \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r runtime.lock \
    && /tools/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r tools.lock
# What a bot never uses, a quarter of it all: the packages' own tests, what only compilers and type checkers read, the
# languages that rich could highlight, and the debugging symbols of libraries (numpy's may not load any more without them).
RUN find /venv/lib -type d -name tests -prune -exec rm -r {} + \
    && find /venv/lib -type f -regex '.*\.\(pyi\|pyx\|pxd\|[ch]\|a\)' -delete \
    && find /venv/lib -path '*/pygments/lexers/*' -type f -not -name '__init__*' -not -name '_mapping*' -delete \
    && rm -r /venv/lib/python3*/site-packages/numpy/f2py /venv/lib/python3*/site-packages/sqlalchemy/testing \
    && find /venv/lib -type f -name '*.so*' -not -path '*/numpy*' -exec strip --strip-unneeded {} +

COPY pyproject.toml README.md LICENSE manifest.json ./
COPY knowledge knowledge
COPY bot bot
# pip compiles what it installs, and the first question fits the knowledge: a cold container starts with both.
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /venv/bin/pip install --no-deps --no-index dist/*.whl \
    && /venv/bin/pip uninstall --yes --quiet pip \
    && XDG_CACHE_HOME=/venv/share /venv/bin/peo-aso ask --json help


FROM ${BASE}

RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin bot \
    && install --directory --owner=bot /data

COPY --from=build /venv /venv

# PYTHONDONTWRITEBYTECODE: the root file system may be mounted read-only; only /data is written to.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/data \
    HOST=0.0.0.0 \
    PORT=3000

# By number, so that Kubernetes can tell that it is not root.
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 3000

# Healthy means connected: /readyz answers 200 only while Slack can reach the bot. bash is a hundred times cheaper here
# than Python, every ten seconds.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-3000} && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["peo-aso"]
CMD ["run"]
