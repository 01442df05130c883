using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record ServiceAccount
{
    private const string EnforceMountableSecrets = "kubernetes.io/enforce-mountable-secrets";

    /// <inheritdoc/>
    public static ServiceAccount PrepareForCreate(ServiceAccount obj, WriteContext context) => CleanSecrets(obj);

    /// <inheritdoc/>
    public static ServiceAccount PrepareForUpdate(ServiceAccount obj, ServiceAccount old, WriteContext context) => CleanSecrets(obj);

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(ServiceAccount obj, ServiceAccount? old) =>
        obj.Metadata.Annotations.ContainsKey(EnforceMountableSecrets)
            && (old is null || !old.Metadata.Annotations.ContainsKey(EnforceMountableSecrets))
            ? [$"metadata.annotations[{EnforceMountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"]
            : [];

    /// <summary>Secrets are of the account's own namespace, so that a name is all there is to a reference.</summary>
    private static ServiceAccount CleanSecrets(ServiceAccount obj) => obj.Secrets.Count == 0
        ? obj
        : obj with { Secrets = obj.Secrets.Map(secret => ObjectReference.Empty with { Name = secret.Name }) };
}
