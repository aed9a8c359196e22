package main

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
)

// A description is all that the page shows of a question but the picture.
type description struct {
	URL  string   `json:"url"`  // path and query
	Plan []string `json:"plan"` // sentences
	// PlanError is the problem document that says why there is no plan: the
	// picture itself would be answered with the same status.
	PlanError map[string]any `json:"planError,omitempty"`
	Code      code           `json:"code"`
}

// describe answers a request of the payload's language with its signed URL,
// what is done to make the picture, and the code that asks for it.
func (p *page) describe(w http.ResponseWriter, r *http.Request) {
	ask, ok := p.readRequest(w, r)
	if !ok {
		return
	}
	if ask.Metadata != nil || ask.Ladder != nil {
		path := "metadata"
		if ask.Ladder != nil {
			path = "ladder"
		}
		refuse(w, http.StatusBadRequest, "payload_invalid", &edit.Error{Faults: []edit.Fault{{Path: path, Message: "must be left out: only single pictures are described"}}})
		return
	}
	url, ok := p.signed(w, r, ask)
	if !ok {
		return
	}
	tenant, _ := p.tenants.of(r)
	d := description{URL: url, Plan: []string{}}
	plan, err := p.plan(r.Context(), tenant, ask)
	if err != nil {
		d.PlanError = planProblem(err)
	} else {
		d.Plan = sentences(plan, ask)
	}
	secret, err := p.tenants.secretOf(tenant)
	if err == nil {
		d.Code, err = codeFor(r.Header.Get("Origin"), url, secret, ask, plan)
	}
	if err != nil {
		refuse(w, http.StatusInternalServerError, "internal", errors.New("the code could not be written"))
		return
	}
	answer(w, http.StatusOK, "application/json", d)
}

// plan explains what a request does to the stored original. Of auto, which the
// client's Accept header settles, it takes WebP.
func (p *page) plan(ctx context.Context, tenant string, ask *edit.Request) (*luna.Plan, error) {
	body, size, _, err := p.origin.Open(ctx, tenant, ask.Key)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	output := ask.Output
	if output != nil && output.Format == edit.FormatAuto {
		output = &edit.Output{Format: edit.FormatWebP, Quality: output.Quality}
	}
	engine := p.engine.WithLayers(layers{p.origin, tenant})
	return engine.Explain(ctx, measured{body, size}, ask.Edits, output)
}

// sentences are the plan's own, but for what it does not know of.
func sentences(plan *luna.Plan, ask *edit.Request) []string {
	list := plan.Sentences()
	if ask.Output != nil && ask.Output.Format == edit.FormatAuto {
		list = append(list, "Which format it becomes, the browser's Accept header says: AVIF or WebP, else PNG if anything is transparent, else JPEG. This plan is that of WebP.")
	}
	return list
}

// layers are the originals of a tenant, for image edits.
type layers struct {
	origin luna.Origin
	tenant string
}

// Open is [luna.Layers.Open].
func (l layers) Open(ctx context.Context, key string) (io.ReadCloser, int64, string, error) {
	return l.origin.Open(ctx, l.tenant, key)
}

// measured tells the engine the length that the store told.
type measured struct {
	io.Reader
	size int64
}

// Size is the length in bytes.
func (m measured) Size() int64 { return m.size }

// planProblem is the problem document of what the engine or the store says.
// What went wrong inside stays there.
func planProblem(err error) map[string]any {
	status := luna.StatusCode(err)
	problem := problemOf(status, luna.ErrorCode(err), err)
	if status >= http.StatusInternalServerError {
		problem["detail"] = "There is no plan now. Try again."
	}
	return problem
}
