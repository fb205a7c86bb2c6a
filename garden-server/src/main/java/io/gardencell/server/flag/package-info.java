/**
 * What the daemon was told: its flags (all of gdn's, and ours), the command line, the configuration
 * file. Says what is wrong with them and starts nothing; what they mean is the composition root's.
 */
@NullMarked
package io.gardencell.server.flag;

import org.jspecify.annotations.NullMarked;
