package dev.newsfeed.app.violations.streams;

/** Knows the other roles. */
public record Meddler(
    dev.newsfeed.app.violations.producer.Meddler producer,
    dev.newsfeed.app.violations.gateway.Meddler gateway) {}
