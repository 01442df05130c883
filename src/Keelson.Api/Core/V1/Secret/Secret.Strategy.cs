using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Secret
{
    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Secret>> SelectableFields { get; } = [new("type", obj => obj.Type)];

    /// <inheritdoc/>
    public static Secret PrepareForUpdate(Secret obj, Secret old, WriteContext context) =>
        obj.Type.Length == 0 ? obj with { Type = old.Type } : obj;

    /// <summary>A certificate that can't be used is stored all the same, with a warning.</summary>
    public static IEnumerable<string> Warnings(Secret obj, Secret? old) =>
        obj.Type == SecretType.KubernetesIoTls
            && TlsKeyPair.Problem(obj.Data.GetValueOrDefault(TlsCertificateKey), obj.Data.GetValueOrDefault(TlsPrivateKeyKey)) is { } problem
            ? [problem]
            : [];
}
