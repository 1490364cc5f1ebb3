package dev.newsfeed.producer;

/**
 * The broker's word that a record is stored on every in-sync replica.
 *
 * @param topic the topic's full name
 * @param offset the record's place in the partition
 */
public record Ack(String topic, int partition, long offset) {}
