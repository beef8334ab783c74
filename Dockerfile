# The worker and its commands: `docker build -t fluxori .`, then `docker run fluxori --help`.
# docker-compose.yml runs it with a Redis or a PostgreSQL.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npx --yes pnpm@12 install --frozen-lockfile \
 && npx --yes pnpm@12 exec tsc -b packages/cli \
 && node packages/backend/dist/pglite/image/main.js \
 && npx --yes pnpm@12 --filter @fluxori/cli deploy --prod --legacy /app

FROM node:24-bookworm-slim
ENV NODE_ENV=production FLUXORI_HOME=/var/lib/fluxori
COPY --from=build /app /app
RUN ln -s /app/dist/main.js /usr/local/bin/fluxori \
 && chmod 755 /app/dist/main.js \
 && install -d -o node -g node -m 700 /var/lib/fluxori /var/lib/fluxori-documents
USER node
WORKDIR /var/lib/fluxori
STOPSIGNAL SIGTERM
ENTRYPOINT ["fluxori"]
CMD ["worker"]
