using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Ingress;

/// <summary>Which of a rule's requests go to another service: a header decides before a cookie, and that before
/// chance.</summary>
/// <param name="Backend">The other service.</param>
/// <param name="Conditions">What sends a request there, or keeps it from there, in order.</param>
internal sealed record IngressCanary(IngressBackendRoute Backend, IReadOnlyList<(bool Goes, string Term)> Conditions)
{
    /// <summary>True for an ingress that only says which of another one's requests go elsewhere.</summary>
    public static bool IsCanary(ApiIngress ingress) => Says(ingress, "canary") == "true";

    /// <summary>What an ingress asks for.</summary>
    public static IngressCanary Of(ApiIngress ingress, IngressBackendRoute backend)
    {
        List<(bool, string)> conditions = [];
        if (Word(ingress, "canary-by-header") is { } header)
        {
            if (Says(ingress, "canary-by-header-value") is { Length: > 0 } value)
            {
                conditions.Add((true, $"req.hdr({header}) -m str {HaproxyFiles.Quote(value)}"));
            }
            else if (Says(ingress, "canary-by-header-pattern") is { Length: > 0 } pattern)
            {
                conditions.Add((true, $"req.hdr({header}) -m reg {HaproxyFiles.Quote(pattern)}"));
            }
            else
            {
                conditions.Add((true, $"req.hdr({header}) -m str always"));
                conditions.Add((false, $"req.hdr({header}) -m str never"));
            }
        }

        if (Word(ingress, "canary-by-cookie") is { } cookie)
        {
            conditions.Add((true, $"req.cook({cookie}) -m str always"));
            conditions.Add((false, $"req.cook({cookie}) -m str never"));
        }

        int total = Number(ingress, "canary-weight-total") is > 0 and int all ? all : 100;
        if (Number(ingress, "canary-weight") is > 0 and int weight)
        {
            conditions.Add((true, $"rand({total}) lt {weight}"));
        }

        return new(backend, conditions);
    }

    /// <summary>A rule's backend that has requests go elsewhere; it has a name of its own, as others of the same
    /// service may not.</summary>
    public IngressBackendRoute Beside(IngressBackendRoute main)
    {
        string text = $"{Backend.Name}\n{string.Join('\n', Conditions)}";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
        return main with { Name = $"{main.Name}_{hash}", Canary = this };
    }

    /// <summary>Lines of the frontend that send requests there instead of to a backend.</summary>
    /// <param name="main">The backend's name.</param>
    public IEnumerable<string> Lines(string main)
    {
        string isMain = $"{{ var(txn.route) -m str {main} }}";
        yield return $"http-request set-var(txn.canary) str(open) if {isMain}";
        foreach ((bool goes, string term) in Conditions)
        {
            yield return $"http-request set-var(txn.canary) str({(goes ? "always" : "never")}) if {isMain} "
                + $"{{ var(txn.canary) -m str open }} {{ {term} }}";
        }

        yield return $"http-request set-var(txn.route) str({Backend.Name}) if {isMain} "
            + "{ var(txn.canary) -m str always }";
    }

    private static string? Says(ApiIngress ingress, string what) =>
        ingress.Metadata.Annotations.GetValueOrDefault(IngressManners.Prefix + what);

    /// <summary>A name of a header or a cookie.</summary>
    private static string? Word(ApiIngress ingress, string what) => Says(ingress, what) is { Length: > 0 } text
        && text.All(static one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or '.') ? text : null;

    private static int? Number(ApiIngress ingress, string what) => int.TryParse(
        Says(ingress, what), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
