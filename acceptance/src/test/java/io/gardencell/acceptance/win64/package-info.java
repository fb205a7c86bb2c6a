/**
 * The daemon as a Windows program under Wine, driven over its socket from outside. Run by
 * acceptance/win64/server.sh, which says by the property {@code gardencell.win64.server} how to
 * start one; without it the tests are skipped.
 */
@NullMarked
package io.gardencell.acceptance.win64;

import org.jspecify.annotations.NullMarked;
