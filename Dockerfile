# Takes the jars of a build that was made outside: mvn -DskipTests package, or ./newsfeed --help
# Any image with Java 17 or newer and a POSIX shell will do as a base.
ARG BASE_IMAGE=eclipse-temurin:17-jre
FROM ${BASE_IMAGE}

RUN useradd --system --uid 10001 --no-create-home newsfeed \
 && mkdir /data \
 && chown newsfeed /data

WORKDIR /newsfeed
# what others make changes seldom, so that a new version of ours is a small layer
COPY app/target/lib/ lib/
COPY app/target/newsfeed-app-*.jar lib/
COPY newsfeed ./

USER 10001
ENV NEWSFEED_HOST=0.0.0.0 \
    NEWSFEED_DATA=/data
VOLUME /data

# Health is asked with: newsfeed health http://localhost:PORT/health/ready
#                      gateway 8080, intake 8081, streams 8082
EXPOSE 8080 8081 8082
ENTRYPOINT ["/newsfeed/newsfeed"]
CMD ["--help"]
