// Package behindnginx holds the configuration of two HTTP caches in front of
// luna: nginx.conf for nginx, default.vcl for Varnish. Its tests run both, real
// ones, and show what they keep, for how long and for whom. The page
// examples/docs/behind-a-cache.md explains them.
package behindnginx
