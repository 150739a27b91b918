# The service: worker, jobs and operator's commands in one image.
#
# Only what they import is copied (see .dockerignore). Requirements are installed with their
# hashes in a stage of their own, so that pip's leftovers stay there.
FROM python:3.11.16-slim-bookworm AS requirements
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/app.lock /app.lock
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --requirement /app.lock

FROM python:3.11.16-slim-bookworm
ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=requirements /opt/venv /opt/venv
COPY . .
# Here, because nobody may write bytecode at run time: the file system is read-only. A checkout
# may be closed to others; the image's user is one.
RUN python -m compileall -q . && chmod -R a+rX .
# A number, so that Kubernetes and the like can see that it is not root.
USER 10001:10001
CMD ["python", "worker.py"]
