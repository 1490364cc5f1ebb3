package dev.newsfeed.app.violations.gateway;

import dev.newsfeed.app.violations.app.Command;

/** Knows the other roles and the command. */
public record Meddler(
    dev.newsfeed.app.violations.producer.Meddler producer,
    dev.newsfeed.app.violations.streams.Meddler streams,
    Command command) {}
