package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
)

// program is one binary and what the linker noted in it.
type program struct {
	name string
	info *buildinfo.BuildInfo
}

// bom is the part of CycloneDX 1.6 that is used here.
type bom struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// materials lists every module that is linked into any of the programs.
func materials(version, commit, sqlite string, programs []program) bom {
	all := map[string]component{}
	for _, p := range programs {
		std := library("stdlib", strings.TrimPrefix(p.info.GoVersion, "go"), nil)
		all[std.Ref] = std
		for _, m := range p.info.Deps {
			c := module(m)
			all[c.Ref] = c
		}
	}
	// go-sqlite3 carries SQLite's own source, which has versions and defects of its own.
	c := component{Type: "library", Ref: "pkg:generic/sqlite@" + sqlite, Name: "sqlite", Version: sqlite, PURL: "pkg:generic/sqlite@" + sqlite,
		Properties: []property{{"compiledInto", "github.com/mattn/go-sqlite3"}}}
	all[c.Ref] = c

	root := component{Type: "application", Ref: "batchcomplete", Name: "batchcomplete", Version: version, Properties: []property{{"commit", commit}}}
	for _, p := range programs {
		root.Properties = append(root.Properties, property{"program", p.name})
	}
	b := bom{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata: metadata{root}, Dependencies: []dependency{{Ref: root.Ref}}}
	for _, c := range all {
		b.Components = append(b.Components, c)
	}
	slices.SortFunc(b.Components, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	for _, c := range b.Components {
		b.Dependencies[0].DependsOn = append(b.Dependencies[0].DependsOn, c.Ref)
	}
	b.SerialNumber = serial(b)
	return b
}

// module gives a module as a component, the one that replaced it where one did.
func module(m *debug.Module) component {
	if m.Replace != nil {
		m = m.Replace
	}
	return library(m.Path, m.Version, []property{{"go:sum", m.Sum}})
}

func library(path, version string, properties []property) component {
	purl := "pkg:golang/" + path + "@" + version
	return component{Type: "library", Ref: purl, Name: path, Version: version, PURL: purl, Properties: properties}
}

// serial names a bill of materials by what it holds, in the form of a UUID.
func serial(b bom) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%v %v", b.Metadata, b.Components)
	sum := hash.Sum(nil)[:16]
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8, RFC 9562
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:])
}
