# Varnish as the cache in front of luna, for Varnish 6.0 or newer:
#
#   varnishd -a http=:80 -a purge=/run/varnish/purge.sock,mode=0660 \
#       -f default.vcl -s malloc,4g
#
# TestVarnish runs this very file. What is kept, and for how long, luna says by
# Cache-Control. The page examples/docs/behind-a-cache.md says why each line is
# there. What is not written here Varnish's built-in VCL does: the key is the
# host and the URL as it came, equal requests wait for one another, and no-store
# is not kept.
vcl 4.1;

import std;

backend default {
    .host = "127.0.0.1";
    .port = "8080";
    .connect_timeout = 2s;
    # luna gives up by itself after 10 seconds, and says so.
    .first_byte_timeout = 15s;
    .between_bytes_timeout = 15s;
}

sub vcl_recv {
    if (req.method == "PURGE") {
        # By the listener and not by client.ip: behind a TLS proxy on this
        # machine every client has a loopback address.
        if (local.socket != "purge") {
            return (synth(405));
        }
        return (purge);
    }
    # luna reads neither, and Varnish keeps nothing of requests that have them.
    unset req.http.Cookie;
    unset req.http.Authorization;

    # Accept as luna reads it: a format that is named, with a weight above 0.
    # What browsers spell in a hundred ways is one of four values from here on.
    std.collect(req.http.Accept);
    set req.http.X-Accept = "";
    if (req.http.Accept ~ "(?i)(?:^|,)[ \t]*image/avif[ \t]*(?:;(?![ \t]*q=)[^,;]*)*(?:;[ \t]*q=(?:1(?:\.0{0,3})?|0\.(?=[0-9]{0,2}[1-9])[0-9]{1,3})[ \t]*(?:;[^,]*)?)?[ \t]*(?:,|$)") {
        set req.http.X-Accept = "image/avif";
    }
    if (req.http.Accept ~ "(?i)(?:^|,)[ \t]*image/webp[ \t]*(?:;(?![ \t]*q=)[^,;]*)*(?:;[ \t]*q=(?:1(?:\.0{0,3})?|0\.(?=[0-9]{0,2}[1-9])[0-9]{1,3})[ \t]*(?:;[^,]*)?)?[ \t]*(?:,|$)") {
        if (req.http.X-Accept != "") {
            set req.http.X-Accept = "image/avif,image/webp";
        } else {
            set req.http.X-Accept = "image/webp";
        }
    }
    if (req.http.X-Accept == "") {
        set req.http.X-Accept = "*/*";
    }
    set req.http.Accept = req.http.X-Accept;
    unset req.http.X-Accept;
}

sub vcl_backend_response {
    # No grace: a stale 404, or a picture whose URL has expired, would be served.
    set beresp.grace = 0s;
    # What has an ETag is kept a while longer, to be asked for with it.
    if (beresp.status == 200 && beresp.http.ETag) {
        set beresp.keep = 1h;
    }
    # Varnish keeps 404 and 410 as they say, but not by itself the others that
    # luna lets caches keep for a minute.
    if (beresp.status >= 400 && beresp.status < 500 && beresp.http.Cache-Control ~ "max-age=[0-9]+") {
        set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
        if (beresp.ttl > 60s) {
            set beresp.ttl = 60s;
        }
    }
}

# What Varnish says where luna does not answer at all.
sub vcl_backend_error {
    set beresp.http.Content-Type = "application/problem+json";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    synthetic({"{"title":"Service Unavailable","code":"unavailable","status":503}"});
    return (deliver);
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
        # How a picture was made is of no interest to those who get it from
        # the cache.
        unset resp.http.Server-Timing;
        unset resp.http.X-Luna-Cache;
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
