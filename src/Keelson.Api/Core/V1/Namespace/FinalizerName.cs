namespace Keelson.Api.Core.V1;

/// <summary>The values of FinalizerName.</summary>
public static class FinalizerName
{
    public const string Kubernetes = "kubernetes";
}
