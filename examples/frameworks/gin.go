package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Gin mounts the handlers in gin.
func Gin(h Handlers) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Recovery())
	r.Any("/images/*payload", gin.WrapH(http.StripPrefix("/images", h.Images)))
	r.Any("/v1/*call", gin.WrapH(h.Management))
	r.GET("/", func(c *gin.Context) { c.String(http.StatusOK, "hello") })
	return r
}
