FROM python:3.11-slim
WORKDIR /app
COPY requirements/app.lock requirements/app.lock
RUN pip install --no-cache-dir --require-hashes -r requirements/app.lock
COPY . .
RUN useradd --system service
USER service
CMD ["python", "worker.py"]
