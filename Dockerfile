# `balatro serve` alone: the core and the server, no torch, no git, as a user without rights.
#
#   docker build -t balatro .
#   docker run -p 8000:8000 -e BALATRO_TOKEN=some-secret -v ~/.local/share/balatro:/data balatro
#
# /data holds the models, as `balatro art import` or `balatro demo` leave them.
FROM python:3.12-slim AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip wheel --no-cache-dir --no-deps -w /dist .

FROM python:3.12-slim
COPY --from=wheel /dist /dist
RUN pip install --no-cache-dir "$(ls /dist/balatro-*.whl)[serve]" && rm -r /dist \
    && useradd --create-home --uid 10001 balatro && mkdir /data && chown balatro /data
USER balatro
ENV BALATRO_DATA=/data OMP_WAIT_POLICY=passive PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
# Beyond the container itself only whoever has the token is answered: without BALATRO_TOKEN it does not start.
ENTRYPOINT ["balatro"]
CMD ["serve", "--host", "0.0.0.0"]
