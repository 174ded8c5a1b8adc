# Innerloop, service and command line in one image. Builds with BuildKit and with the legacy builder.
#
#     docker build -t innerloop .
#     docker run -p 3000:3000 -v innerloop:/data --read-only --tmpfs /tmp --cap-drop ALL \
#       --security-opt no-new-privileges --init innerloop
#
# For EXECUTION_PROVIDER=cuda see docker/cuda.md.
ARG RUNTIME_IMAGE=node:24-bookworm-slim

# No install script runs: native packages bring their binaries, and onnxruntime-node's script would download others.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# Apart from `build`, so that a change of the source leaves the largest layer as it was. `tsx` runs the source; the image
# runs what was built.
FROM dependencies AS production
ARG EXECUTION_PROVIDER=cpu
COPY docker/slim /usr/local/bin/
RUN npm pkg delete dependencies.tsx \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && if [ "$EXECUTION_PROVIDER" = cuda ]; then ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install; fi \
 && slim node_modules

FROM dependencies AS build
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
COPY models models
COPY openapi openapi
# Whatever modes the checkout has, the image's user reads it and writes nothing.
RUN chmod -R u=rwX,go=rX dist models openapi

FROM ${RUNTIME_IMAGE}
ARG EXECUTION_PROVIDER=cpu
WORKDIR /opt/innerloop
COPY --from=production /build/node_modules node_modules
COPY --from=build /build/models models
COPY --from=build /build/openapi openapi
COPY package.json LICENSE ./
COPY --from=build /build/dist dist
COPY docker/innerloop /usr/local/bin/
# A volume mounted on /data begins with this owner. The user is a number, since Kubernetes cannot tell of a name that it is
# not root's.
RUN install -d -o 1000 -g 1000 /data && install -d /var/empty/innerloop
USER 1000:1000
# Empty, and not the user's to fill: ONNX Runtime lets a graph read files of the working directory.
WORKDIR /var/empty/innerloop

# Inside a container the loopback interface is nobody's. With this address the service asks for keys. ONNX Runtime would
# report its use to its makers, and on a network that leads nowhere, as the workers' is, at times wait eight seconds for that
# on exit.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    METRICS_HOST=0.0.0.0 \
    METRICS_PORT=9464 \
    DATA_DIR=/data \
    MODELS_DIR=/opt/innerloop/models \
    EXECUTION_PROVIDERS=${EXECUTION_PROVIDER} \
    XDG_CACHE_HOME=/tmp \
    ORT_DISABLE_TELEMETRY=1
EXPOSE 3000 9464
# Live, not ready: restarting a process does not bring back a Redis that is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["innerloop"]
CMD ["serve"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Innerloop" \
      org.opencontainers.image.description="Few-shot adaptation as a service: post five labelled examples, get a model of your own." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
