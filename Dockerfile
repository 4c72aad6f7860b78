# An image with every program of Mesh: `docker build -t mesh .`
#
# BUILD_FROM=source (default)  installs and builds inside
# BUILD_FROM=context           takes dist/image of this folder, made on a machine like the image's by
#                              `node tools/build.mjs && node tools/image/assemble.mjs dist/image`
ARG BUILD_FROM=source

FROM node:20-bookworm-slim AS source
WORKDIR /mesh
COPY package.json package-lock.json ./
COPY apps apps
COPY libs libs
COPY tools tools
# better-sqlite3 comes compiled where its release can be downloaded; elsewhere a compiler is needed, and the headers beside node.
RUN npm install --omit=dev --no-audit --no-fund --loglevel=error \
 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 make g++ \
      && npm_config_nodedir=/usr/local npm install --omit=dev --no-audit --no-fund --loglevel=error; }
RUN node tools/build.mjs && node tools/image/assemble.mjs /image

FROM node:20-bookworm-slim AS context
# The last letter in brackets: no file is no error while this stage is not the one that is used.
COPY package.json dist/imag[e] /image/

FROM ${BUILD_FROM} AS built

FROM node:20-bookworm-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends tini >/dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
 && ln -s /opt/mesh/tools/bin/consul /usr/local/bin/consul \
 && install -d -o node -g node -m 0750 /consul /consul/data /consul/config /consul/secrets /consul/ca
COPY --from=built /image /opt/mesh
ENV PATH=/opt/mesh/bin:$PATH MALLOC_ARENA_MAX=2
USER node
WORKDIR /consul
VOLUME /consul/data
# tini reaps what script checks leave behind, and hands signals on.
ENTRYPOINT ["tini", "--", "mesh-entry"]
CMD ["agent", "-dev", "-client=0.0.0.0"]
EXPOSE 8300 8301 8301/udp 8302 8302/udp 8500 8501 8502 8600 8600/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["mesh-health", "8500", "/v1/status/leader", ":"]
