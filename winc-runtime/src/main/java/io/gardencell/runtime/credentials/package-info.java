/**
 * Where the gMSA credential spec of a container comes from: a file, or CredHub; start at {@link
 * CredentialSpecs}. Public for the packages beside it, of no concern to other modules.
 */
@NullMarked
package io.gardencell.runtime.credentials;

import org.jspecify.annotations.NullMarked;
