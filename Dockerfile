# Innerloop, service and command line in one image. Builds with BuildKit and with the legacy builder.
#
#     docker build -t innerloop .
#     docker run -p 3000:3000 -v innerloop:/data --read-only --tmpfs /tmp --cap-drop ALL \
#       --security-opt no-new-privileges --init innerloop
#
# For EXECUTION_PROVIDER=cuda see docker/cuda.md.
ARG RUNTIME_IMAGE=node:24-bookworm-slim

# No install script runs: native packages contain their binaries, and the script of onnxruntime-node would download others.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# A stage of its own, so that a change of the source does not rebuild the largest layer. The image runs the build, so it
# needs neither `tsx` nor `esbuild`, nor what the build bundles into the page.
FROM dependencies AS production
ARG EXECUTION_PROVIDER=cpu
COPY docker/slim /usr/local/bin/
RUN npm pkg delete dependencies.tsx dependencies.esbuild dependencies.preact 'dependencies[@preact/signals]' dependencies.minisearch \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && if [ "$EXECUTION_PROVIDER" = cuda ]; then ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install; fi \
 && slim node_modules

FROM dependencies AS build
COPY tsconfig.json ./
COPY src src
RUN npm run build && npm run encoders
COPY models models
COPY openapi openapi
# The guide.
COPY docs docs
COPY bench bench
COPY *.md ./
# The user of the image can read all files and write none, whatever their modes are in the checkout.
RUN chmod -R u=rwX,go=rX dist models encoders openapi docs bench *.md

FROM ${RUNTIME_IMAGE}
ARG EXECUTION_PROVIDER=cpu
WORKDIR /opt/innerloop
COPY --from=production /build/node_modules node_modules
COPY --from=build /build/models models
COPY --from=build /build/encoders encoders
COPY --from=build /build/openapi openapi
COPY --from=build /build/docs docs
COPY --from=build /build/bench bench
COPY --from=build /build/*.md ./
COPY package.json LICENSE NOTICE ./
COPY --from=build /build/dist dist
COPY docker/innerloop /usr/local/bin/
COPY docker/health.mjs ./
# New volumes on /data and on folders in it get this owner. The user is a number, because Kubernetes cannot verify that a name is not root.
RUN install -d -o 1000 -g 1000 /data /data/encoders /data/packages && install -d /var/empty/innerloop
USER 1000:1000
# Empty and read-only for the user, because ONNX Runtime lets a graph read files of the working directory.
WORKDIR /var/empty/innerloop

# Nothing outside a container reaches its loopback interface, so listen on all addresses; the service then asks for keys.
# ORT_DISABLE_TELEMETRY: otherwise ONNX Runtime reports its use to its makers. Without internet access, as in the worker
# processes, it would then wait up to 8 s on exit.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    METRICS_HOST=0.0.0.0 \
    METRICS_PORT=9464 \
    DATA_DIR=/data \
    MODELS_DIR=/opt/innerloop/models \
    ENCODERS_DIR=/opt/innerloop/encoders \
    EXECUTION_PROVIDERS=${EXECUTION_PROVIDER} \
    XDG_CACHE_HOME=/tmp \
    ORT_DISABLE_TELEMETRY=1
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/opt/innerloop/health.mjs"]
ENTRYPOINT ["innerloop"]
CMD ["serve"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Innerloop" \
      org.opencontainers.image.description="Few-shot adaptation as a service: post five labelled examples, get a model of your own." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
