package dev.newsfeed.app.violations.schemas;

/** Knows a role. */
public record Meddler(dev.newsfeed.app.violations.producer.Meddler producer) {}
