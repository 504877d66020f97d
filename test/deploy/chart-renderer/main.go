// Renders a chart as `helm template` does, with Helm's own loader, values schema and engine, and prints each file as JSON.
// usage: chart-renderer CHART [VALUES.yaml]. The whole of Helm, with its client of a cluster, takes minutes to build; this does not.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

func render(chartPath string, valuesPath string) (map[string]string, error) {
	chart, err := loader.Load(chartPath)
	if err != nil {
		return nil, err
	}
	if err := chart.Validate(); err != nil {
		return nil, err
	}
	values := chartutil.Values{}
	if valuesPath != "" {
		if values, err = chartutil.ReadValuesFile(valuesPath); err != nil {
			return nil, err
		}
	}
	release := chartutil.ReleaseOptions{Name: "test", Namespace: "edge", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Engine{Strict: true}.Render(chart, all)
}

func main() {
	valuesPath := ""
	if len(os.Args) > 2 {
		valuesPath = os.Args[2]
	}
	files, err := render(os.Args[1], valuesPath)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(files); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
