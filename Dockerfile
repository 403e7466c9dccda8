# The RunPod worker. Other commands run in the same image:
#   docker run --rm IMAGE image-worker --help

FROM python:3.11-slim-bookworm AS builder

# The virtual environment has no pip of its own: the base image's pip fills it.
RUN python -m venv --without-pip /opt/venv
COPY builder/requirements.txt builder/requirements-sdk.txt /tmp/builder/
# The SDK goes in without its dependencies: its worker loop needs a fourth of them, and
# requirements.txt names those.
RUN pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes \
        -r /tmp/builder/requirements.txt \
    && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --no-deps \
        -r /tmp/builder/requirements-sdk.txt


FROM python:3.11-slim-bookworm

LABEL org.opencontainers.image.title="worker-image" \
    org.opencontainers.image.description="Process images by JSON jobs on RunPod" \
    org.opencontainers.image.licenses="MIT"

# Text in pictures: letters that the bundled font lacks (Chinese, Japanese, Korean, emoji) would be
# drawn as boxes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig fonts-dejavu-core fonts-droid-fallback fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache -f \
    && useradd --uid 1000 --create-home worker

# RUNPOD_LOG_LEVEL       the SDK's default, DEBUG, logs every result
# RUNPOD_MIN_MEMORY_GB   the SDK's default, 4, stops workers on small machines
# MALLOC_ARENA_MAX       fewer arenas: less memory is kept after large pictures
# VIPS_CONCURRENCY       threads for one picture; the host's core count is not ours
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    RUNPOD_LOG_LEVEL=INFO \
    RUNPOD_MIN_MEMORY_GB=0.5 \
    MALLOC_ARENA_MAX=2 \
    VIPS_CONCURRENCY=2

WORKDIR /app
COPY --from=builder /opt/venv /opt/venv
COPY handler.py test_input.json ./
COPY src/ src/
RUN printf '#!/bin/sh\nexec python -m image_worker "$@"\n' > /usr/local/bin/image-worker \
    && chmod 755 /usr/local/bin/image-worker \
    && python -m compileall -q src

USER 1000
# Fails the build if a format that we promise cannot be read or written here.
RUN python -m image_worker doctor

CMD ["python", "-u", "handler.py"]
