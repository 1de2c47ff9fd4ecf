package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Stand-ins for upstream's exporters of the same names: they take upstream's keys, as far as the stack sets them, and refuse others; queue,
// batches and retries are the collector's own; a record's body, a map, is the document (mapping.mode: bodymap). What a bulk request is, is
// the stores' public interface.

type queue = configoptional.Optional[exporterhelper.QueueBatchConfig]

type mapping struct {
	Mode string `mapstructure:"mode"`
}

type openSearchConfig struct {
	HTTP      confighttp.ClientConfig   `mapstructure:"http"`
	Retry     configretry.BackOffConfig `mapstructure:"retry_on_failure"`
	Queue     queue                     `mapstructure:"sending_queue"`
	Mapping   mapping                   `mapstructure:"mapping"`
	LogsIndex string                    `mapstructure:"logs_index"`
}

type elasticsearchConfig struct {
	confighttp.ClientConfig `mapstructure:",squash"`
	User                    string              `mapstructure:"user"`
	Password                configopaque.String `mapstructure:"password"`
	Retry                   struct {
		Enabled         bool          `mapstructure:"enabled"`
		MaxRetries      int           `mapstructure:"max_retries"`
		InitialInterval time.Duration `mapstructure:"initial_interval"`
		MaxInterval     time.Duration `mapstructure:"max_interval"`
		RetryOnStatus   []int         `mapstructure:"retry_on_status"`
	} `mapstructure:"retry"`
	Queue     queue   `mapstructure:"sending_queue"`
	Mapping   mapping `mapstructure:"mapping"`
	LogsIndex string  `mapstructure:"logs_index"`
}

func (m mapping) Validate() error {
	if m.Mode != "bodymap" {
		return errors.New("the stand-in knows mapping.mode bodymap alone")
	}
	return nil
}

func defaultQueue() queue { return configoptional.Default(exporterhelper.NewDefaultQueueConfig()) }

type store struct {
	client   confighttp.ClientConfig
	index    string
	user     string
	password string
	settings component.TelemetrySettings
	http     *http.Client
}

func openSearch() exporter.Factory {
	return exporter.NewFactory(
		component.MustNewType("opensearch"),
		func() component.Config {
			return &openSearchConfig{
				HTTP:  confighttp.NewDefaultClientConfig(),
				Retry: configretry.NewDefaultBackOffConfig(),
				Queue: defaultQueue(),
			}
		},
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, given component.Config) (exporter.Logs, error) {
			config := given.(*openSearchConfig)
			s := &store{client: config.HTTP, index: config.LogsIndex, settings: set.TelemetrySettings}
			return s.exporter(ctx, set, given, config.Queue, config.Retry)
		}, component.StabilityLevelDevelopment),
	)
}

func elasticsearch() exporter.Factory {
	return exporter.NewFactory(
		component.MustNewType("elasticsearch"),
		func() component.Config {
			return &elasticsearchConfig{ClientConfig: confighttp.NewDefaultClientConfig(), Queue: defaultQueue()}
		},
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, given component.Config) (exporter.Logs, error) {
			config := given.(*elasticsearchConfig)
			retry := configretry.NewDefaultBackOffConfig()
			retry.Enabled = config.Retry.Enabled
			retry.InitialInterval = config.Retry.InitialInterval
			retry.MaxInterval = config.Retry.MaxInterval
			// Upstream counts attempts, not time: with as many as the stack sets, both mean until it is taken.
			retry.MaxElapsedTime = 0
			s := &store{
				client:   config.ClientConfig,
				index:    config.LogsIndex,
				user:     config.User,
				password: string(config.Password),
				settings: set.TelemetrySettings,
			}
			return s.exporter(ctx, set, given, config.Queue, retry)
		}, component.StabilityLevelDevelopment),
	)
}

func (s *store) exporter(
	ctx context.Context, set exporter.Settings, config component.Config, q queue, retry configretry.BackOffConfig,
) (exporter.Logs, error) {
	return exporterhelper.NewLogs(ctx, set, config, s.write,
		exporterhelper.WithStart(s.start),
		exporterhelper.WithQueue(q),
		exporterhelper.WithRetry(retry),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: s.client.Timeout}),
	)
}

func (s *store) start(ctx context.Context, host component.Host) (err error) {
	s.http, err = s.client.ToClient(ctx, host.GetExtensions(), s.settings)
	return err
}

type answer struct {
	Items []map[string]struct {
		Status int             `json:"status"`
		Error  json.RawMessage `json:"error"`
	} `json:"items"`
}

// write creates a document of each record. Records that the store is too busy for are tried again; those that it refuses are not.
func (s *store) write(ctx context.Context, logs plog.Logs) error {
	var body bytes.Buffer
	var records []plog.LogRecord
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				if record.Body().Type() != pcommon.ValueTypeMap {
					return consumererror.NewPermanent(fmt.Errorf("a body is no map but %s", record.Body().Type()))
				}
				document, err := json.Marshal(record.Body().Map().AsRaw())
				if err != nil {
					return consumererror.NewPermanent(err)
				}
				fmt.Fprintf(&body, "{\"create\":{\"_index\":%q}}\n%s\n", s.index, document)
				records = append(records, record)
			}
		}
	}
	if len(records) == 0 {
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.client.Endpoint+"/_bulk", &body)
	if err != nil {
		return consumererror.NewPermanent(err)
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	if s.user != "" {
		request.SetBasicAuth(s.user, s.password)
	}
	response, err := s.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		failed := fmt.Errorf("the store answers %d: %.300s", response.StatusCode, text)
		if again(response.StatusCode) {
			return failed
		}
		return consumererror.NewPermanent(failed)
	}
	var said answer
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	return s.judge(said, records)
}

func (s *store) judge(said answer, records []plog.LogRecord) error {
	later := plog.NewLogs()
	scope := later.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	var refused error
	for number, item := range said.Items {
		for _, result := range item {
			switch {
			case result.Status < 300:
			case again(result.Status):
				records[number].CopyTo(scope.LogRecords().AppendEmpty())
			default:
				refused = fmt.Errorf("the store refuses a record: %d %.300s", result.Status, result.Error)
			}
		}
	}
	if scope.LogRecords().Len() > 0 {
		return consumererror.NewLogs(errors.New("the store is too busy for some records"), later)
	}
	if refused != nil {
		return consumererror.NewPermanent(refused)
	}
	return nil
}

func again(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }
