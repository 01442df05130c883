using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Reference = Keelson.Api.Autoscaling.V2.CrossVersionObjectReference;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>
/// The annotations in which version v1 carries what it has no fields for. Metrics have a shape of their own there, with
/// the target's parts beside the metric's name; the behavior is upstream's unversioned type. What can't be read counts
/// as absent.
/// </summary>
internal static partial class AutoscalerAnnotations
{
    /// <summary>The metrics an annotation holds; null when there is none, or none that can be read.</summary>
    public static List<MetricSpec>? ReadMetrics(string? text) => Read(text, static element => ReadMetric(element));

    /// <summary>The observed metrics an annotation holds; null when there is none, or none that can be read.</summary>
    public static List<MetricStatus>? ReadCurrentMetrics(string? text) =>
        Read(text, static element => ReadCurrent(element));

    /// <summary>The conditions an annotation holds.</summary>
    public static ApiList<HorizontalPodAutoscalerCondition> ReadConditions(string? text) =>
        Read(text, static element => Decode(element, HorizontalPodAutoscalerCondition.ReadJson))?.ToApiList()
            ?? default;

    /// <summary>The scaling rules an annotation holds; null when there are none, or none that can be read.</summary>
    public static HorizontalPodAutoscalerBehavior? ReadBehavior(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            HorizontalPodAutoscalerBehavior behavior = new()
            {
                ScaleUp = Member(document.RootElement, "ScaleUp") is { } up ? ReadRules(up) : null,
                ScaleDown = Member(document.RootElement, "ScaleDown") is { } down ? ReadRules(down) : null,
            };
            return behavior is { ScaleUp: null, ScaleDown: null } ? null : behavior;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static List<T>? Read<T>(string? text, Func<JsonElement, T> read)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(read)];
        }
        catch (Exception exception) when (exception
            is JsonException or FormatException or InvalidOperationException or DecodeException)
        {
            return null;
        }
    }

    private static HPAScalingRules ReadRules(JsonElement rules) => new()
    {
        StabilizationWindowSeconds = Member(rules, "StabilizationWindowSeconds")?.GetInt32(),
        SelectPolicy = Member(rules, "SelectPolicy")?.GetString(),
        Policies = Member(rules, "Policies") is { } policies
            ? policies.EnumerateArray().Select(static policy => new HPAScalingPolicy
            {
                Type = Text(policy, "Type"),
                Value = Member(policy, "Value")?.GetInt32() ?? 0,
                PeriodSeconds = Member(policy, "PeriodSeconds")?.GetInt32() ?? 0,
            }).ToApiList()
            : default,
        Tolerance = Amount(rules, "Tolerance"),
    };

    private static MetricSpec ReadMetric(JsonElement metric) => new()
    {
        Type = Text(metric, "type"),
        Object = Member(metric, "object") is { } source
            ? new()
            {
                DescribedObject = ReadReference(source),
                Metric = ReadIdentifier(source, "selector"),
                Target = new()
                {
                    Type = Member(source, "averageValue") is null
                        ? MetricTargetType.Value
                        : MetricTargetType.AverageValue,
                    Value = Amount(source, "targetValue") ?? default(Quantity),
                    AverageValue = Amount(source, "averageValue"),
                },
            }
            : null,
        Pods = Member(metric, "pods") is { } pods
            ? new()
            {
                Metric = ReadIdentifier(pods, "selector"),
                Target = new()
                {
                    Type = MetricTargetType.AverageValue,
                    AverageValue = Amount(pods, "targetAverageValue") ?? default(Quantity),
                },
            }
            : null,
        Resource = Member(metric, "resource") is { } resource
            ? new() { Name = Text(resource, "name"), Target = ReadUseTarget(resource) }
            : null,
        ContainerResource = Member(metric, "containerResource") is { } container
            ? new()
            {
                Name = Text(container, "name"),
                Container = Text(container, "container"),
                Target = ReadUseTarget(container),
            }
            : null,
        External = Member(metric, "external") is { } external
            ? new()
            {
                Metric = ReadIdentifier(external, "metricSelector"),
                Target = new()
                {
                    Type = Member(external, "targetValue") is null
                        ? MetricTargetType.AverageValue
                        : MetricTargetType.Value,
                    Value = Amount(external, "targetValue"),
                    AverageValue = Amount(external, "targetAverageValue"),
                },
            }
            : null,
    };

    private static MetricTarget ReadUseTarget(JsonElement source) => new()
    {
        Type = Member(source, "targetAverageUtilization") is null
            ? MetricTargetType.AverageValue
            : MetricTargetType.Utilization,
        AverageValue = Amount(source, "targetAverageValue"),
        AverageUtilization = Member(source, "targetAverageUtilization")?.GetInt32(),
    };

    private static MetricStatus ReadCurrent(JsonElement metric) => new()
    {
        Type = Text(metric, "type"),
        Object = Member(metric, "object") is { } source
            ? new()
            {
                DescribedObject = ReadReference(source),
                Metric = ReadIdentifier(source, "selector"),
                Current = new()
                {
                    Value = Amount(source, "currentValue") ?? default(Quantity),
                    AverageValue = Amount(source, "averageValue"),
                },
            }
            : null,
        Pods = Member(metric, "pods") is { } pods
            ? new()
            {
                Metric = ReadIdentifier(pods, "selector"),
                Current = new() { AverageValue = Amount(pods, "currentAverageValue") ?? default(Quantity) },
            }
            : null,
        Resource = Member(metric, "resource") is { } resource
            ? new() { Name = Text(resource, "name"), Current = ReadUse(resource) }
            : null,
        ContainerResource = Member(metric, "containerResource") is { } container
            ? new()
            {
                Name = Text(container, "name"),
                Container = Text(container, "container"),
                Current = ReadUse(container),
            }
            : null,
        External = Member(metric, "external") is { } external
            ? new()
            {
                Metric = ReadIdentifier(external, "metricSelector"),
                Current = new()
                {
                    Value = Amount(external, "currentValue") ?? default(Quantity),
                    AverageValue = Amount(external, "currentAverageValue"),
                },
            }
            : null,
    };

    private static MetricValueStatus ReadUse(JsonElement source) => new()
    {
        AverageUtilization = Member(source, "currentAverageUtilization")?.GetInt32(),
        AverageValue = Amount(source, "currentAverageValue") ?? default(Quantity),
    };

    private static Reference ReadReference(JsonElement source) =>
        Member(source, "target") is { } target ? Decode(target, Reference.ReadJson) : Reference.Empty;

    private static MetricIdentifier ReadIdentifier(JsonElement source, string selectorName) => new()
    {
        Name = Text(source, "metricName"),
        Selector = Member(source, selectorName) is { } selector ? Decode(selector, LabelSelector.ReadJson) : null,
    };

    /// <summary>Go matches field names without regard to case.</summary>
    private static JsonElement? Member(JsonElement element, string name)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
                && property.Value.ValueKind != JsonValueKind.Null)
            {
                return property.Value;
            }
        }

        return null;
    }

    private static string Text(JsonElement element, string name) => Member(element, name)?.GetString() ?? "";

    private static Quantity? Amount(JsonElement element, string name) => Member(element, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => Quantity.Parse(text.GetString()!),
        { } number => Quantity.Parse(number.GetRawText()),
    };

    private delegate T Reader<T>(ref JsonDecoder decoder);

    private static T Decode<T>(JsonElement element, Reader<T> read)
    {
        JsonDecoder decoder = new(Encoding.UTF8.GetBytes(element.GetRawText()));
        return read(ref decoder);
    }
}
