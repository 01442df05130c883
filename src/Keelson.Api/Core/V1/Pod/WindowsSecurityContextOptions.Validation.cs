using System.Text.RegularExpressions;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record WindowsSecurityContextOptions
{
    private const int CredentialSpecMaxBytes = 64 * 1024;
    private const int DomainLengthLimit = 256;
    private const int UserMaxLength = 104;
    private const string DnsLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (GmsaCredentialSpecName is not null)
        {
            errors.Subdomain(path.Child("gmsaCredentialSpecName"), GmsaCredentialSpecName);
        }

        FieldPath spec = path.Child("gmsaCredentialSpec");
        if (GmsaCredentialSpec is "")
        {
            errors.Invalid(spec, GmsaCredentialSpec, "gmsaCredentialSpec cannot be an empty string");
        }
        else if (GmsaCredentialSpec?.Length > CredentialSpecMaxBytes)
        {
            errors.Invalid(spec, GmsaCredentialSpec, "gmsaCredentialSpec size must be under 64 KiB");
        }

        if (RunAsUserName is not null)
        {
            foreach (string text in UserNameErrors(RunAsUserName))
            {
                errors.Invalid(path.Child("runAsUserName"), RunAsUserName, text);
            }
        }
    }

    private static IEnumerable<string> UserNameErrors(string name)
    {
        string[] parts = name.Split('\\');
        if (name.Length == 0)
        {
            return ["runAsUserName cannot be an empty string"];
        }

        if (name.Any(one => one is < ' ' or '\x7f'))
        {
            return ["runAsUserName cannot contain control characters"];
        }

        return parts.Length > 2
            ? ["runAsUserName cannot contain more than one backslash"]
            : PartErrors(parts.Length == 2 ? parts[0] : null, parts[^1]);
    }

    private static IEnumerable<string> PartErrors(string? domain, string user)
    {
        if (domain?.Length >= DomainLengthLimit)
        {
            yield return "runAsUserName's Domain length must be under 256 characters";
        }

        if (domain is not null && !NetBiosPattern().IsMatch(domain) && !DnsPattern().IsMatch(domain))
        {
            yield return "runAsUserName's Domain doesn't match the NetBios nor the DNS format";
        }

        if (user.Length == 0)
        {
            yield return "runAsUserName's User cannot be empty";
        }
        else if (user.Length > UserMaxLength)
        {
            yield return "runAsUserName's User length must not be longer than 104 characters";
        }

        if (user.Length > 0 && !user.AsSpan().ContainsAnyExcept('.', ' '))
        {
            yield return "runAsUserName's User cannot contain only periods or spaces";
        }

        if (user.AsSpan().ContainsAny("\"/\\:;|=,+*?<>@[]"))
        {
            yield return "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]";
        }
    }

    [GeneratedRegex("""\A[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}\z""", RegexOptions.CultureInvariant)]
    private static partial Regex NetBiosPattern();

    [GeneratedRegex("\\A" + DnsLabel + "(?:\\." + DnsLabel + ")*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsPattern();
}
