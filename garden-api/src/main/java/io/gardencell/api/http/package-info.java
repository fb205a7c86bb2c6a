/** What every HTTP client of ours heeds: the proxies of the environment. */
@NullMarked
package io.gardencell.api.http;

import org.jspecify.annotations.NullMarked;
