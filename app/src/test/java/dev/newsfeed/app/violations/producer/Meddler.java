package dev.newsfeed.app.violations.producer;

/** Knows the other roles. */
public record Meddler(
    dev.newsfeed.app.violations.streams.Meddler streams,
    dev.newsfeed.app.violations.gateway.Meddler gateway) {}
