using System.Text;
using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Reference = Keelson.Api.Autoscaling.V2.CrossVersionObjectReference;

namespace Keelson.Api.Autoscaling.V1;

internal static partial class AutoscalerAnnotations
{
    /// <summary>Metrics as an annotation's value.</summary>
    public static string Write(ApiList<MetricSpec> metrics) => Write(metrics, WriteMetric);

    /// <summary>Observed metrics as an annotation's value.</summary>
    public static string Write(ApiList<MetricStatus> metrics) => Write(metrics, WriteCurrent);

    private static string Write<T>(ApiList<T> metrics, Action<JsonBuffer, T> write)
    {
        JsonBuffer json = new();
        json.OpenList();
        foreach (T metric in metrics)
        {
            json.Separate();
            json.Open();
            write(json, metric);
            json.Close();
        }

        json.CloseList();
        return Encoding.UTF8.GetString(json.Written);
    }

    private static void WriteMetric(JsonBuffer json, MetricSpec metric)
    {
        Put(json, "type", metric.Type);
        if (metric.Object is { } source)
        {
            json.Key("object");
            json.Open();
            WriteReference(json, source.DescribedObject);
            Put(json, "metricName", source.Metric.Name);
            Put(json, "targetValue", source.Target.Value ?? default(Quantity));
            PutSelector(json, "selector", source.Metric.Selector);
            PutSet(json, "averageValue", source.Target.AverageValue);
            json.Close();
        }

        if (metric.Pods is { } pods)
        {
            json.Key("pods");
            json.Open();
            Put(json, "metricName", pods.Metric.Name);
            Put(json, "targetAverageValue", pods.Target.AverageValue ?? default(Quantity));
            PutSelector(json, "selector", pods.Metric.Selector);
            json.Close();
        }

        if (metric.Resource is { } resource)
        {
            json.Key("resource");
            json.Open();
            WriteUseTarget(json, resource.Name, resource.Target);
            json.Close();
        }

        if (metric.ContainerResource is { } container)
        {
            json.Key("containerResource");
            json.Open();
            WriteUseTarget(json, container.Name, container.Target);
            Put(json, "container", container.Container);
            json.Close();
        }

        if (metric.External is { } external)
        {
            json.Key("external");
            json.Open();
            Put(json, "metricName", external.Metric.Name);
            PutSelector(json, "metricSelector", external.Metric.Selector);
            PutSet(json, "targetValue", external.Target.Value);
            PutSet(json, "targetAverageValue", external.Target.AverageValue);
            json.Close();
        }
    }

    private static void WriteUseTarget(JsonBuffer json, string name, MetricTarget target)
    {
        Put(json, "name", name);
        PutSet(json, "targetAverageUtilization", target.AverageUtilization);
        PutSet(json, "targetAverageValue", target.AverageValue);
    }

    private static void WriteCurrent(JsonBuffer json, MetricStatus metric)
    {
        Put(json, "type", metric.Type);
        if (metric.Object is { } source)
        {
            json.Key("object");
            json.Open();
            WriteReference(json, source.DescribedObject);
            Put(json, "metricName", source.Metric.Name);
            Put(json, "currentValue", source.Current.Value ?? default(Quantity));
            PutSelector(json, "selector", source.Metric.Selector);
            PutSet(json, "averageValue", source.Current.AverageValue);
            json.Close();
        }

        if (metric.Pods is { } pods)
        {
            json.Key("pods");
            json.Open();
            Put(json, "metricName", pods.Metric.Name);
            Put(json, "currentAverageValue", pods.Current.AverageValue ?? default(Quantity));
            PutSelector(json, "selector", pods.Metric.Selector);
            json.Close();
        }

        if (metric.Resource is { } resource)
        {
            json.Key("resource");
            json.Open();
            WriteUse(json, resource.Name, resource.Current);
            json.Close();
        }

        if (metric.ContainerResource is { } container)
        {
            json.Key("containerResource");
            json.Open();
            WriteUse(json, container.Name, container.Current);
            Put(json, "container", container.Container);
            json.Close();
        }

        if (metric.External is { } external)
        {
            json.Key("external");
            json.Open();
            Put(json, "metricName", external.Metric.Name);
            PutSelector(json, "metricSelector", external.Metric.Selector);
            Put(json, "currentValue", external.Current.Value ?? default(Quantity));
            PutSet(json, "currentAverageValue", external.Current.AverageValue);
            json.Close();
        }
    }

    private static void WriteUse(JsonBuffer json, string name, MetricValueStatus current)
    {
        Put(json, "name", name);
        PutSet(json, "currentAverageUtilization", current.AverageUtilization);
        Put(json, "currentAverageValue", current.AverageValue ?? default(Quantity));
    }

    private static void WriteReference(JsonBuffer json, Reference reference)
    {
        json.Key("target");
        reference.WriteJson(json);
    }

    private static void Put(JsonBuffer json, string name, string value)
    {
        json.Key(name);
        json.Value(value);
    }

    private static void Put(JsonBuffer json, string name, Quantity value)
    {
        json.Key(name);
        json.Value(value);
    }

    private static void PutSet(JsonBuffer json, string name, Quantity? value)
    {
        if (value is { } present)
        {
            Put(json, name, present);
        }
    }

    private static void PutSet(JsonBuffer json, string name, int? value)
    {
        if (value is { } present)
        {
            json.Key(name);
            json.Value((long)present);
        }
    }

    private static void PutSelector(JsonBuffer json, string name, LabelSelector? selector)
    {
        if (selector is not null)
        {
            json.Key(name);
            selector.WriteJson(json);
        }
    }
}
