namespace Keelson.Api.Core.V1;

public sealed partial record Endpoints
{
    /// <inheritdoc/>
    public static string? Deprecation => "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;
}
