# The RunPod worker. The command after the image's name chooses another role:
#   docker run --rm IMAGE image-worker --help
# With what finds faces, things, text and codes, three times as large:
#   docker build --target vision ...
#   docker run --rm -p 8000:8000 -v DATA:/data -e IMAGE_WORKER_API_KEYS=... IMAGE image-worker serve

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


FROM builder AS vision-builder

COPY builder/requirements-vision.txt /tmp/builder/
RUN pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes \
        -r /tmp/builder/requirements-vision.txt


FROM python:3.11-slim-bookworm AS worker

# Text in pictures: letters that the bundled font lacks (Chinese, Japanese, Korean, emoji) would be
# drawn as boxes. Folders of fonts get whole seconds, since layers keep no more than those, and
# fontconfig compares them with its cache.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig-config fonts-dejavu-core fonts-droid-fallback fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && find /usr/share/fonts /usr/local/share/fonts -type d -exec touch -d 2026-01-01 {} + \
    && useradd --uid 1000 --create-home worker \
    && install --directory --mode 1777 /data

# IMAGE_WORKER_QUEUE_DIRECTORY: where `serve` keeps its jobs, whoever runs it.
# MALLOC_...: for the process that takes the jobs; those that work the pictures set their own. After
# 2,000 varied jobs the worker so holds 1.1 times the memory that it held after 200.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    IMAGE_WORKER_QUEUE_DIRECTORY=/data/queue \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    MALLOC_TRIM_THRESHOLD_=4194304

WORKDIR /app
COPY --from=builder /opt/venv /opt/venv
COPY handler.py test_input.json ./
COPY src/ src/
# The doctor fails the build if a promised format cannot be read or written here. Its text fills
# fontconfig's cache, which nobody can write later.
RUN printf '#!/bin/sh\nexec python -m image_worker "$@"\n' > /usr/local/bin/image-worker \
    && chmod 755 /usr/local/bin/image-worker \
    && python -m compileall -q src \
    && image-worker doctor

ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="worker-image" \
    org.opencontainers.image.description="Process images by JSON jobs on RunPod" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION"

USER 1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["image-worker", "health"]
CMD ["python", "-u", "handler.py"]


FROM worker AS vision

COPY --from=vision-builder /opt/venv /opt/venv
# Every model that is built in is loaded and run once, as whoever runs the worker.
RUN image-worker models verify


# What is built where no target is named.
FROM worker
