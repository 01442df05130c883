using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>What holds of the metrics that an autoscaler watches.</summary>
internal static class MetricSpecRules
{
    private const string OtherSourceText = "must populate the given metric source only";
    private const string UtilizationOrValueText = "must set either a target raw value or a target utilization";

    private static readonly string[] Types =
    [
        MetricSourceType.ContainerResource, MetricSourceType.External, MetricSourceType.Object, MetricSourceType.Pods,
        MetricSourceType.Resource,
    ];

    /// <summary>Checks a metric: one source, the one that its type names.</summary>
    public static void Validate(MetricSpec metric, FieldPath path, FieldErrors errors)
    {
        bool isKnown = Types.Contains(metric.Type);
        if (metric.Type.Length == 0)
        {
            errors.Required(path.Child("type"), "must specify a metric source type");
        }

        if (!isKnown)
        {
            errors.NotSupported(path.Child("type"), metric.Type, Types);
        }

        List<string> sources = ValidateSources(metric, path, errors);
        string expected = isKnown ? char.ToLowerInvariant(metric.Type[0]) + metric.Type[1..] : "";
        if (!isKnown)
        {
            // Upstream reports an unknown type twice.
            errors.NotSupported(path.Child("type"), metric.Type, Types);
        }
        else if (!sources.Contains(expected))
        {
            errors.Required(path.Child(expected), "must populate information for the given metric source");
        }

        foreach (string source in sources.Count == 1 ? [] : sources.Where(one => one != expected))
        {
            errors.Forbidden(path.Child(source), OtherSourceText);
        }
    }

    /// <summary>A reference names a kind and an object.</summary>
    public static void ValidateReference(CrossVersionObjectReference reference, FieldPath path, FieldErrors errors)
    {
        PathSegment(reference.Kind, "", path.Child("kind"), errors);
        PathSegment(reference.Name, "", path.Child("name"), errors);
    }

    /// <summary>What is wrong with an apiVersion, or null.</summary>
    public static string? VersionError(string apiVersion, bool allowsEmptyGroup)
    {
        int slashes = apiVersion.Count('/');
        if (slashes > 1)
        {
            return "unexpected GroupVersion string: " + apiVersion;
        }

        bool hasGroup = apiVersion.IndexOf('/', StringComparison.Ordinal) > 0;
        return hasGroup || allowsEmptyGroup ? null : "apiVersion must specify API group";
    }

    /// <summary>Only the first source is looked into.</summary>
    private static List<string> ValidateSources(MetricSpec metric, FieldPath path, FieldErrors errors)
    {
        List<string> sources = [];
        if (metric.Object is { } source)
        {
            sources.Add("object");
            ValidateObject(source, path.Child("object"), errors);
        }

        if (metric.External is { } external)
        {
            sources.Add("external");
            if (sources.Count == 1)
            {
                ValidateExternal(external, path.Child("external"), errors);
            }
        }

        if (metric.Pods is { } pods)
        {
            sources.Add("pods");
            if (sources.Count == 1)
            {
                ValidatePods(pods, path.Child("pods"), errors);
            }
        }

        if (metric.Resource is { } resource)
        {
            sources.Add("resource");
            if (sources.Count == 1)
            {
                ValidateResource(resource, path.Child("resource"), errors);
            }
        }

        if (metric.ContainerResource is { } container)
        {
            sources.Add("containerResource");
            if (sources.Count == 1)
            {
                ValidateContainerResource(container, path.Child("containerResource"), errors);
            }
        }

        return sources;
    }

    private static void ValidateObject(ObjectMetricSource source, FieldPath path, FieldErrors errors)
    {
        FieldPath described = path.Child("describedObject");
        ValidateReference(source.DescribedObject, described, errors);
        if (VersionError(source.DescribedObject.ApiVersion, allowsEmptyGroup: true) is { } error)
        {
            errors.Invalid(described.Child("apiVersion"), source.DescribedObject.ApiVersion, error);
        }

        ValidateMetric(source.Metric, source.Target, path, errors);
        if (source.Target is { Value: null, AverageValue: null })
        {
            errors.Required(
                path.Child("target").Child("averageValue"), "must set either a target value or averageValue");
        }
    }

    private static void ValidateExternal(ExternalMetricSource source, FieldPath path, FieldErrors errors)
    {
        ValidateMetric(source.Metric, source.Target, path, errors);
        if (source.Target is { Value: null, AverageValue: null })
        {
            errors.Required(
                path.Child("target").Child("averageValue"),
                "must set either a target value for metric or a per-pod target");
        }

        if (source.Target is { Value: not null, AverageValue: not null })
        {
            errors.Forbidden(
                path.Child("target").Child("value"), "may not set both a target value for metric and a per-pod target");
        }
    }

    private static void ValidatePods(PodsMetricSource source, FieldPath path, FieldErrors errors)
    {
        ValidateMetric(source.Metric, source.Target, path, errors);
        if (source.Target.AverageValue is null)
        {
            errors.Required(path.Child("target").Child("averageValue"), "must specify a positive target averageValue");
        }
    }

    private static void ValidateResource(ResourceMetricSource source, FieldPath path, FieldErrors errors)
    {
        if (source.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "must specify a resource name");
        }

        ValidateResourceTarget(source.Target, path.Child("target"), errors);
    }

    private static void ValidateContainerResource(
        ContainerResourceMetricSource source, FieldPath path, FieldErrors errors)
    {
        if (source.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "must specify a resource name");
        }
        else
        {
            ResourceRules.ValidateContainerResourceName(source.Name, path.Child("name"), errors);
        }

        if (source.Container.Length == 0)
        {
            errors.Required(path.Child("container"), "must specify a container");
        }
        else
        {
            foreach (string detail in ContentRules.Dns1123Label(source.Container))
            {
                errors.Invalid(path.Child("container"), source.Container, detail);
            }
        }

        ValidateResourceTarget(source.Target, path.Child("target"), errors);
    }

    private static void ValidateResourceTarget(MetricTarget target, FieldPath path, FieldErrors errors)
    {
        ValidateTarget(target, path, errors);
        if (target is { AverageUtilization: null, AverageValue: null })
        {
            errors.Required(path.Child("averageUtilization"), UtilizationOrValueText);
        }

        if (target is { AverageUtilization: not null, AverageValue: not null })
        {
            errors.Forbidden(
                path.Child("averageValue"), "may not set both a target raw value and a target utilization");
        }
    }

    private static void ValidateMetric(MetricIdentifier metric, MetricTarget target, FieldPath path, FieldErrors errors)
    {
        PathSegment(metric.Name, "must specify a metric name", path.Child("metric").Child("name"), errors);
        ValidateTarget(target, path.Child("target"), errors);
    }

    private static void ValidateTarget(MetricTarget target, FieldPath path, FieldErrors errors)
    {
        if (target.Type.Length == 0)
        {
            errors.Required(path.Child("type"), "must specify a metric target type");
        }

        if (target.Type
            is not (MetricTargetType.Utilization or MetricTargetType.Value or MetricTargetType.AverageValue))
        {
            errors.Invalid(path.Child("type"), target.Type, "must be either Utilization, Value, or AverageValue");
        }

        Positive(target.Value, path.Child("value"), errors);
        Positive(target.AverageValue, path.Child("averageValue"), errors);
        if (target.AverageUtilization is < 1 and { } utilization)
        {
            errors.Invalid(path.Child("averageUtilization"), utilization, "must be greater than 0");
        }
    }

    private static void Positive(Quantity? value, FieldPath path, FieldErrors errors)
    {
        if (value is { Sign: <= 0 } quantity)
        {
            errors.Invalid(path, quantity.ToString(), "must be positive");
        }
    }

    private static void PathSegment(string value, string requiredText, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, requiredText);
            return;
        }

        foreach (string detail in ContentRules.PathSegment(value))
        {
            errors.Invalid(path, value, detail);
        }
    }
}
