# syntax=docker/dockerfile:1
# Weir in a container: `weir serve` as a user without a name, on a file system that it only reads. Built from the sources with
#   docker build --build-arg COMMIT="$(git rev-parse HEAD)" --tag weir .
# For x86-64: Debian 12 has a sound Hyperscan for it, and for no other processor.

# Node 24, the one that Weir's tests run on. A mirror, or a digest, is named with --build-arg NODE_IMAGE.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
# Their versions are those of Debian 12, whose security updates a new build should get.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        g++ make python3 pkg-config libhyperscan-dev libnghttp2-dev libre2-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /weir
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
# The addons, for any Node from 24 on; the compiled code, and beside it the commit that `weir --version` names.
ARG COMMIT=""
RUN npm run setup:native && WEIR_COMMIT="${COMMIT}" npm run build

FROM ${NODE_IMAGE} AS modules
WORKDIR /weir
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional

FROM ${NODE_IMAGE}
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libhyperscan5 libre2-9 \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules/npm /usr/local/bin/npm /usr/local/bin/npx \
    # The socket that Envoy connects to, and compiled patterns: volumes, when the file system is read-only.
    && install --directory --owner=65532 --group=65532 /run/weir /var/cache/weir /etc/weir
COPY --from=modules /weir/node_modules /opt/weir/node_modules
COPY --from=build /weir/package.json /weir/LICENSE /opt/weir/
COPY --from=build /weir/bin /opt/weir/bin
COPY --from=build /weir/dist /opt/weir/dist
COPY --from=build /weir/rules /opt/weir/rules
COPY --from=build /weir/docs /opt/weir/docs
COPY --from=build /weir/build/Release/weir_native.node /weir/build/Release/weir_transport.node /opt/weir/build/Release/
ENV PATH=/opt/weir/bin:$PATH XDG_CACHE_HOME=/var/cache NODE_ENV=production
# By number, so that an orchestrator can see that it is not root.
USER 65532:65532
WORKDIR /etc/weir
# ext_proc for Envoy, and the admin address.
EXPOSE 9002 9990
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:9990/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["weir"]
CMD ["serve", "--listen", "0.0.0.0:9002", "--admin", "127.0.0.1:9990"]
