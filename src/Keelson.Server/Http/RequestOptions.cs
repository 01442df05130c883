using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Reads verbs' options off a query, as strictly or leniently as upstream's conversion of URL
/// values.</summary>
internal static class RequestOptions
{
    private const string IgnoresReadErrors = "ignoreStoreReadErrorWithClusterBreakingPotential";

    /// <summary>Upstream's truth of a query parameter: present and neither "false", in whatever case, nor
    /// "0".</summary>
    public static bool Truth(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values)
        && values[0] != "0" && !string.Equals(values[0], "false", StringComparison.OrdinalIgnoreCase);

    /// <summary>A whole number of 64 bits, null when missing; a text that is none is upstream's bad request.</summary>
    public static ApiResult<long?> Number(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values))
        {
            return default(long?);
        }

        string text = values[0] ?? "";
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return number;
        }

        return ApiErrors.BadRequest(GoNumbers.SignedError(text));
    }

    /// <summary>A text, empty when missing.</summary>
    public static string Text(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) ? values[0] ?? "" : "";

    /// <summary>The options of create, update and patch.</summary>
    public static ApiResult<WriteOptions> ReadWrite(IQueryCollection query, string kind, string userAgent, bool isApply)
    {
        if (query.Count == 0)
        {
            return isApply
                ? Invalid(kind, ApplyNeedsManager)
                : new WriteOptions(false, ManagerOf("", userAgent), FieldValidation.Warn, false);
        }

        FieldErrors errors = new();
        string[] dryRun = query.TryGetValue("dryRun", out var values) ? [.. values.Select(one => one ?? "")] : [];
        OptionErrors.DryRun(dryRun, errors);
        string manager = Text(query, "fieldManager");
        if (isApply && manager.Length == 0)
        {
            ApplyNeedsManager(errors);
        }

        OptionErrors.FieldManager(manager, errors);
        string validation = Text(query, "fieldValidation");
        if (validation is not ("" or "Strict" or "Warn" or "Ignore"))
        {
            errors.NotSupported(FieldPath.Of("fieldValidation"), validation, "", "Ignore", "Strict", "Warn");
        }

        bool force = Truth(query, "force");
        if (force && kind == "PatchOptions" && !isApply)
        {
            errors.Forbidden(FieldPath.Of("force"), "may not be specified for non-apply patch");
        }

        if (errors.Count > 0)
        {
            return ApiErrors.Invalid("meta.k8s.io", kind, "", errors);
        }

        FieldValidation mode = validation switch
        {
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            _ => FieldValidation.Warn,
        };
        return new WriteOptions(dryRun.Length > 0, ManagerOf(manager, userAgent), mode, force);
    }

    /// <summary>The options of delete from the query; those of a body replace them.</summary>
    public static ApiResult<DeleteOptions> ReadDelete(IQueryCollection query)
    {
        DeleteOptions options = DeleteOptions.Empty;
        if (query.Count == 0)
        {
            return options;
        }

        if (!Number(query, "gracePeriodSeconds").TryGet(out long? seconds, out Status? error))
        {
            return error;
        }

        options = options with { GracePeriodSeconds = seconds };

        if (query.TryGetValue("propagationPolicy", out var policy))
        {
            options = options with { PropagationPolicy = policy[0] };
        }

        if (query.ContainsKey("orphanDependents"))
        {
            options = options with { OrphanDependents = Truth(query, "orphanDependents") };
        }

        if (query.ContainsKey(IgnoresReadErrors))
        {
            options = options with
            {
                IgnoreStoreReadErrorWithClusterBreakingPotential = Truth(query, IgnoresReadErrors),
            };
        }

        return query.TryGetValue("dryRun", out var dryRun)
            ? options with { DryRun = dryRun.Select(one => one ?? "").ToArray() }
            : options;
    }

    private static void ApplyNeedsManager(FieldErrors errors) =>
        errors.Required(FieldPath.Of("fieldManager"), "is required for apply patch");

    private static Status Invalid(string kind, Action<FieldErrors> add)
    {
        FieldErrors errors = new();
        add(errors);
        return ApiErrors.Invalid("meta.k8s.io", kind, "", errors);
    }

    /// <summary>The option, or else what the user agent begins with.</summary>
    private static string ManagerOf(string option, string userAgent) =>
        option.Length > 0 ? option : OptionErrors.ManagerOf(userAgent);
}

/// <summary>Options of create, update and patch.</summary>
internal sealed record WriteOptions(bool DryRun, string FieldManager, FieldValidation FieldValidation, bool Force);
