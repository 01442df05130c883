using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ServiceAccountTokens;

/// <summary>What to do about a secret that is to hold a service account's token.</summary>
internal enum TokenSecretAction
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>Fill in what is missing.</summary>
    Fill,

    /// <summary>Delete it: its account is gone.</summary>
    Delete,
}

/// <summary>What to do about a secret that is to hold a service account's token.</summary>
/// <param name="Action">What.</param>
/// <param name="NeedsToken">Whether the token itself is missing.</param>
internal sealed record TokenSecretPlan(TokenSecretAction Action, bool NeedsToken)
{
    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";
    private const string Authority = "ca.crt";
    private const string Token = "token";

    /// <summary>The account that a secret names; empty for a secret of another sort.</summary>
    public static string AccountOf(Secret secret) => secret.Type == SecretType.KubernetesIoServiceAccountToken
        ? secret.Metadata.Annotations.GetValueOrDefault(NameAnnotation) ?? ""
        : "";

    /// <summary>True when a secret is for this very account: by name, and by uid when it names one.</summary>
    public static bool IsFor(Secret secret, ServiceAccount account) =>
        AccountOf(secret) == account.Metadata.Name
        && (secret.Metadata.Annotations.GetValueOrDefault(UidAnnotation) is not { Length: > 0 } uid || uid == account.Metadata.Uid);

    /// <summary>Decides.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="account">The account that it names; null when there is none.</param>
    /// <param name="authorityPem">The cluster's authority; empty for none.</param>
    public static TokenSecretPlan Compute(Secret secret, ServiceAccount? account, string authorityPem)
    {
        if (account is null || !IsFor(secret, account))
        {
            return new(TokenSecretAction.Delete, false);
        }

        bool needsToken = !Has(secret, Token);
        bool isComplete = !needsToken && Has(secret, "namespace") && !NeedsAuthority(secret, authorityPem);
        return new(isComplete ? TokenSecretAction.Keep : TokenSecretAction.Fill, needsToken);
    }

    /// <summary>The secret with what was missing.</summary>
    public static Secret Fill(Secret secret, ServiceAccount account, string authorityPem, string? token)
    {
        ApiMap<Bytes> data = secret.Data;
        data = NeedsAuthority(secret, authorityPem) ? data.With(Authority, Bytes.FromText(authorityPem)) : data;
        data = Has(secret, "namespace") ? data : data.With("namespace", Bytes.FromText(secret.Metadata.Namespace));
        data = token is null ? data : data.With(Token, Bytes.FromText(token));
        ApiMap<string> annotations = secret.Metadata.Annotations
            .With(NameAnnotation, account.Metadata.Name)
            .With(UidAnnotation, account.Metadata.Uid);
        return secret with { Data = data, Metadata = secret.Metadata with { Annotations = annotations } };
    }

    private static bool Has(Secret secret, string key) =>
        secret.Data.TryGetValue(key, out Bytes value) && value.Length > 0;

    private static bool NeedsAuthority(Secret secret, string pem) =>
        pem.Length > 0 && !(secret.Data.TryGetValue(Authority, out Bytes value) && value == Bytes.FromText(pem));
}
