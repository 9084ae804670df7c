# Build stage: all packages, the compiled native module, dist/.
FROM node:24-slim AS build
# better-sqlite3 is compiled where no prebuilt binary fits.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY openapi openapi
COPY migrations migrations
COPY src src
COPY web web
RUN node scripts/build.mjs \
  && npm prune --omit=dev --no-audit --no-fund \
  # What only the compiler needed.
  && cd node_modules/better-sqlite3 \
  && rm -rf deps src \
  && find build -type f ! -path build/Release/better_sqlite3.node -delete \
  && node -e "require('better-sqlite3')(':memory:')"

# The image: Node, production packages and the compiled server.
FROM node:24-slim
ENV NODE_ENV=production \
  MLFLOW_HOST=0.0.0.0 \
  MLFLOW_PORT=5000 \
  MLFLOW_BACKEND_STORE_URI=sqlite:////data/runledger.db \
  MLFLOW_ARTIFACTS_DESTINATION=/data/artifacts
COPY LICENSE README.md package.json /app/
COPY bin /app/bin
COPY openapi /app/openapi
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
RUN install --directory --owner=node --group=node /data
USER node
# Relative paths in settings mean places on the volume.
WORKDIR /data
VOLUME /data
EXPOSE 5000
# /health does no database work and answers any Host.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", \
  "fetch(`http://127.0.0.1:${process.env.MLFLOW_PORT}${process.env.MLFLOW_STATIC_PREFIX ?? ''}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Flags of the server may follow. Clients that use a name other than localhost or a private address
# need --allowed-hosts (or MLFLOW_SERVER_ALLOWED_HOSTS).
ENTRYPOINT ["node", "/app/bin/runledger.mjs", "server"]
