using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.RootCertificates;

/// <summary>What the map with the cluster's authority is to hold.</summary>
internal static class RootCertificatePlan
{
    /// <summary>The map's name.</summary>
    public const string Name = "kube-root-ca.crt";

    private const string Description = "kubernetes.io/description";

    private const string DescriptionText =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal "
        + "service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

    /// <summary>The map as it is to be written; null when it is right.</summary>
    /// <param name="current">The map that is there; null for none.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="authorityPem">The authority.</param>
    public static ConfigMap? Compute(ConfigMap? current, string @namespace, string authorityPem)
    {
        ApiMap<string> data = ApiMap<string>.Empty.With("ca.crt", authorityPem);
        if (current is null)
        {
            return new ConfigMap
            {
                Metadata = ObjectMeta.Empty with
                {
                    Name = Name,
                    Namespace = @namespace,
                    Annotations = ApiMap<string>.Empty.With(Description, DescriptionText),
                },
                Data = data,
            };
        }

        bool isDescribed = current.Metadata.Annotations.GetValueOrDefault(Description) is { Length: > 0 };
        if (current.Data == data && isDescribed)
        {
            return null;
        }

        return current with
        {
            Data = data,
            Metadata = isDescribed
                ? current.Metadata
                : current.Metadata with { Annotations = current.Metadata.Annotations.With(Description, DescriptionText) },
        };
    }
}
