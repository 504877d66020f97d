//go:build re2_cgo

// @rx on Google's RE2 in place of Go's own regexp package, with bytes as characters, as users register it who want speed.
package main

import (
	"fmt"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/wasilibs/go-re2"
	"github.com/wasilibs/go-re2/experimental"
)

// capturesMax is how many captures a rule may use: %{TX.0} to %{TX.9}.
const capturesMax = 10

type rx struct{ pattern *re2.Regexp }

func (o rx) Evaluate(tx plugintypes.TransactionState, value string) bool {
	if !tx.Capturing() {
		return o.pattern.MatchString(value)
	}
	groups := o.pattern.FindStringSubmatch(value)
	for n, group := range groups {
		if n < capturesMax {
			tx.CaptureField(n, group)
		}
	}
	return groups != nil
}

func init() {
	plugins.RegisterOperator("rx", func(options plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		pattern, err := experimental.CompileLatin1(fmt.Sprintf("(?sm)%s", options.Arguments))
		if err != nil {
			return nil, err
		}
		return rx{pattern}, nil
	})
}
