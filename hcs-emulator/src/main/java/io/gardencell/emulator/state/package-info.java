/**
 * The emulated host's files: one directory shared by the server and the plugin commands, changed
 * under one lock, every file replaced at once. Knows nothing of what is kept in it.
 */
@NullMarked
package io.gardencell.emulator.state;

import org.jspecify.annotations.NullMarked;
