package io.gardencell.api.spi;

/** Bytes a container has received and sent since it was connected. */
public record Traffic(long receivedBytes, long sentBytes) {}
