package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// A schemaReader holds values against the JSON Schemas of an OpenAPI document.
// It knows the keywords that the document uses, and fails on others.
type schemaReader struct{ document map[string]any }

func readDocument(t testing.TB) schemaReader {
	t.Helper()
	var s schemaReader
	require.NoError(t, json.Unmarshal([]byte(openAPI), &s.document))
	return s
}

// resolve follows $ref.
func (s schemaReader) resolve(v any) (map[string]any, error) {
	for range 5 {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%v is no object", v)
		}
		ref, ok := object["$ref"].(string)
		if !ok {
			return object, nil
		}
		path, ok := strings.CutPrefix(ref, "#/")
		if !ok || len(object) != 1 {
			return nil, fmt.Errorf("$ref %s", ref)
		}
		v = any(s.document)
		for name := range strings.SplitSeq(path, "/") {
			if v, ok = v.(map[string]any)[name]; !ok {
				return nil, fmt.Errorf("$ref %s leads nowhere", ref)
			}
		}
	}
	return nil, errors.New("$ref of $ref")
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func (s schemaReader) check(schema, v any, at string) error {
	rules, err := s.resolve(schema)
	if err != nil {
		return err
	}
	text, isText := v.(string)
	number, isNumber := v.(float64)
	list, _ := v.([]any)
	object, isObject := v.(map[string]any)
	length := float64(utf8.RuneCountInString(text))
	for keyword, rule := range rules {
		limit, _ := rule.(float64)
		ok := true
		switch keyword {
		case "description", "default", "examples":
		case "type":
			types, several := rule.([]any)
			if !several {
				types = []any{rule}
			}
			ok = slices.Contains(types, any(typeOf(v))) || typeOf(v) == "integer" && slices.Contains(types, any("number"))
		case "const":
			ok = v == rule
		case "enum":
			ok = slices.Contains(rule.([]any), v)
		case "minLength":
			ok = !isText || length >= limit
		case "maxLength":
			ok = !isText || length <= limit
		case "minimum":
			ok = !isNumber || number >= limit
		case "maximum":
			ok = !isNumber || number <= limit
		case "maxItems":
			ok = float64(len(list)) <= limit
		case "pattern":
			ok = !isText || regexp.MustCompile(rule.(string)).MatchString(text)
		case "format":
			ok = !isText || checkFormat(rule.(string), text) == nil
		case "items":
			for i, item := range list {
				if err := s.check(rule, item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		case "required":
			for _, name := range rule.([]any) {
				if _, there := object[name.(string)]; isObject && !there {
					return fmt.Errorf("%s has no %s", at, name)
				}
			}
		case "properties":
			for name, schema := range rule.(map[string]any) {
				if member, there := object[name]; there {
					if err := s.check(schema, member, at+"."+name); err != nil {
						return err
					}
				}
			}
		case "additionalProperties":
			properties, _ := rules["properties"].(map[string]any)
			for name, member := range object {
				if _, known := properties[name]; known {
					continue
				}
				if rule == false {
					return fmt.Errorf("%s has %s, which the document does not know", at, name)
				}
				if err := s.check(rule, member, at+"."+name); err != nil {
					return err
				}
			}
		default:
			return fmt.Errorf("this test does not know the keyword %s", keyword)
		}
		if !ok {
			return fmt.Errorf("%s is %.100v, against %s %v", at, v, keyword, rule)
		}
	}
	return nil
}

func checkFormat(format, text string) error {
	switch format {
	case "date-time":
		at, err := time.Parse(time.RFC3339, text)
		if err == nil && at.Location() != time.UTC {
			err = errors.New("not in UTC")
		}
		return err
	case "uri":
		u, err := url.Parse(text)
		if err == nil && !u.IsAbs() {
			err = errors.New("not absolute")
		}
		return err
	}
	return errors.New("unknown format")
}

func TestSchemaReaderRefuses(t *testing.T) {
	s := readDocument(t)
	good := `{"type":"about:blank","title":"T","status":404,"code":"not_found","detail":"d"}`
	schema := map[string]any{"$ref": "#/components/schemas/Problem"}
	check := func(schema any, text string) error {
		var v any
		require.NoError(t, json.Unmarshal([]byte(text), &v))
		return s.check(schema, v, "x")
	}
	require.NoError(t, check(schema, good))
	for _, change := range []string{`404>"404"`, `404>399`, `404>600`, `404>404.5`, `not_found>nothing`, `"T">""`, `about:blank>x`, `"detail">"other"`, `"d"}>"d","x":1}`, `{"type":"about:blank",>{`} {
		from, to, _ := strings.Cut(change, ">")
		require.Error(t, check(schema, strings.Replace(good, from, to, 1)), change)
	}
	page := map[string]any{"$ref": "#/components/schemas/ImagePage"}
	require.NoError(t, check(page, `{"images":[{"key":"a","size":1,"lastModified":"2026-01-02T03:04:05.678Z"}]}`))
	for _, text := range []string{
		`{"images":null}`, `{}`, `[]`, `{"images":[1]}`, `{"images":[],"nextCursor":""}`, `{"images":[{"key":"a","size":-1,"lastModified":"2026-01-02T03:04:05Z"}]}`,
		`{"images":[{"key":"a","size":1,"lastModified":"2026-01-02T03:04:05+01:00"}]}`, `{"images":[{"key":"a","size":1,"lastModified":"yesterday"}]}`,
	} {
		require.Error(t, check(page, text), text)
	}
	require.NoError(t, check(map[string]any{"$ref": "#/components/schemas/Key"}, `{"id":"k","prefix":"imk_0123","name":"","createdAt":"2026-01-02T03:04:05Z","lastUsedAt":null}`))
	require.Error(t, check(map[string]any{"$ref": "#/components/schemas/Key"}, `{"id":"k","prefix":"imk_0123","name":"","createdAt":null,"lastUsedAt":null}`))
	require.Error(t, check(map[string]any{"$ref": "#/components/schemas/Key"}, `{"id":"k","prefix":"imk_012345","name":"","createdAt":"2026-01-02T03:04:05Z","lastUsedAt":null}`))
	require.Error(t, check(map[string]any{"$ref": "#/components/schemas/None"}, `1`))
	require.Error(t, check(map[string]any{"oneOf": []any{}}, `1`))
}
