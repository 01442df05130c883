using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Server.Authentication;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>One HTTP call to a resource: reading its parts, writing its answer.</summary>
internal sealed class ResourceCall(
    HttpContext http, RequestInfo info, ApiKind kind, UserInfo user, MediaType media, TimeProvider clock)
{
    /// <summary>Upstream's limit on bodies: 3 MiB.</summary>
    public const int LargestBody = 3 * 1024 * 1024;

    /// <summary>The HTTP exchange.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>What is asked for.</summary>
    public RequestInfo Info { get; } = info;

    /// <summary>The kind of the path.</summary>
    public ApiKind Kind { get; } = kind;

    /// <summary>Who calls.</summary>
    public UserInfo User { get; } = user;

    /// <summary>The answer's form.</summary>
    public MediaType Media { get; } = media;

    /// <summary>The request's time.</summary>
    public Time Now { get; } = Time.Now(clock);

    /// <summary>Ends when the client goes away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The call for the verbs.</summary>
    public ApiRequest Request(WriteOptions? options) => new()
    {
        User = User,
        Kind = Kind,
        Verb = Info.Verb,
        Now = Now,
        Namespace = Kind.Info.Namespaced ? Info.Namespace : "",
        Name = Info.Name,
        Subresource = Info.Subresource,
        DryRun = options?.DryRun ?? false,
        FieldManager = options?.FieldManager ?? "unknown",
        FieldValidation = options?.FieldValidation ?? FieldValidation.Warn,
        Force = options?.Force ?? false,
    };

    /// <summary>Reads the options of a write.</summary>
    public bool TryReadWriteOptions(
        string optionsKind, [NotNullWhen(true)] out ApiRequest? request, [NotNullWhen(false)] out Status? error, bool isApply = false)
    {
        request = null;
        string agent = Http.Request.Headers.UserAgent.ToString();
        if (!RequestOptions.ReadWrite(Http.Request.Query, optionsKind, agent, isApply).TryGet(out WriteOptions? options, out error))
        {
            return false;
        }

        request = Request(options);
        return true;
    }

    /// <summary>Reads the options of a list or watch.</summary>
    public bool TryReadList([NotNullWhen(true)] out ListQuery? query, [NotNullWhen(false)] out Status? error)
    {
        query = null;
        IQueryCollection values = Http.Request.Query;
        string fields = RequestOptions.Text(values, "fieldSelector");
        if (Info.Name.Length > 0)
        {
            // A watch of one object, the old way: the name is the field selector, and bears no other beside it.
            if (FieldMatcher.TryParse(fields, out FieldMatcher? other, out _)
                && !other.IsEverything && other.RequiredValue("metadata.name") != Info.Name)
            {
                error = ApiErrors.BadRequest("fieldSelector metadata.name doesn't match requested name");
                return false;
            }

            fields = fields.Length == 0 ? "metadata.name=" + Info.Name : fields;
        }

        if (!ObjectFilter.Parse(Kind, RequestOptions.Text(values, "labelSelector"), fields).TryGet(out ObjectFilter? filter, out error))
        {
            return false;
        }

        if (!RequestOptions.Number(values, "limit").TryGet(out long? limit, out error)
            || !RequestOptions.Number(values, "timeoutSeconds").TryGet(out long? timeout, out error))
        {
            return false;
        }

        query = new ListQuery
        {
            Filter = filter,
            Watch = RequestOptions.Truth(values, "watch"),
            AllowBookmarks = RequestOptions.Truth(values, "allowWatchBookmarks"),
            ResourceVersion = RequestOptions.Text(values, "resourceVersion"),
            ResourceVersionMatch = RequestOptions.Text(values, "resourceVersionMatch"),
            TimeoutSeconds = timeout,
            Limit = limit ?? 0,
            Continue = RequestOptions.Text(values, "continue"),
            SendInitialEvents = values.ContainsKey("sendInitialEvents")
                ? RequestOptions.Truth(values, "sendInitialEvents")
                : null,
        };
        return true;
    }

    /// <summary>Reads the whole body, up to the limit.</summary>
    public async ValueTask<ApiResult<byte[]>> ReadBodyAsync()
    {
        if (Http.Request.ContentLength > LargestBody)
        {
            return TooLarge();
        }

        PipeReader reader = Http.Request.BodyReader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(Aborted);
            }
            catch (IOException exception) when (exception.InnerException is OverflowException)
            {
                // A chunk's length that no number holds; Kestrel does not take it for the client's fault.
                return ApiErrors.BadRequest("http chunk length too large");
            }

            if (read.Buffer.Length > LargestBody)
            {
                reader.AdvanceTo(read.Buffer.End);
                return TooLarge();
            }

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads an object of a kind off the body.</summary>
    public async ValueTask<ApiResult<IObject>> ReadObjectAsync(ApiRequest request, ApiKind bodyKind)
    {
        if (ObjectBody.FormatOf(Http.Request.ContentType) is null)
        {
            return ApiErrors.UnsupportedMediaType(MediaType.Available);
        }

        ApiResult<byte[]> body = await ReadBodyAsync();
        return body.TryGet(out byte[]? bytes, out Status? error)
            ? ObjectBody.Read(request, bodyKind, bytes, Http.Request.ContentType)
            : error;
    }

    /// <summary>Reads the options of a delete: the body's, or else the query's.</summary>
    public async ValueTask<ApiResult<DeleteOptions>> ReadDeleteOptionsAsync()
    {
        if (!(await ReadBodyAsync()).TryGet(out byte[]? body, out Status? error))
        {
            return error;
        }

        return body.Length == 0
            ? RequestOptions.ReadDelete(Http.Request.Query)
            : DeleteOptionsBody.Read(body, Http.Request.ContentType);
    }

    /// <summary>Writes what a write gave.</summary>
    public async Task WriteAsync(ApiRequest request, ApiResult<Written> result)
    {
        WriteWarnings(request);
        if (!result.TryGet(out Written written, out Status? error))
        {
            await WriteAsync(error);
            return;
        }

        int code = written.Created ? 201 : 200;
        await (written.Stored is { } stored && written.Record is null ? WriteAsync(code, stored) : WriteAsync(code, written.Object));
    }

    /// <summary>Writes a status.</summary>
    public Task WriteAsync(Status status) => AnswerWriter.WriteStatusAsync(Http, status, Media.Format);

    /// <summary>Writes a stored object in the negotiated form.</summary>
    public Task WriteAsync(int code, StoredObject obj)
    {
        if (Media.Conversion == Conversion.None && Kind.Stored == Kind)
        {
            return AnswerWriter.WriteStoredAsync(Http, code, obj, Media.Format);
        }

        // Rows are made of what is stored: an older version may have it in another order.
        return Media.Conversion == Conversion.Table && TableProblem is null && TableForm.Include != "Object"
            ? WriteTableAsync(code, Kind.Stored, obj.Record)
            : WriteAsync(code, Kind.FromStored(obj.Record));
    }

    /// <summary>Writes a record in the negotiated form.</summary>
    public Task WriteAsync(int code, IObject obj)
    {
        if (TableProblem is { } problem)
        {
            return WriteAsync(problem);
        }

        string version = Media.ConversionVersion;
        switch (Media.Conversion)
        {
            case Conversion.None:
                return AnswerWriter.WriteRecordAsync(Http, code, obj, Media.Format);
            case Conversion.PartialObjectMetadata when Media.Format == WireFormat.Protobuf:
                return AnswerWriter.WriteRecordAsync(
                    Http, code, new PartialObjectMetadata { Metadata = Kind.ToStored(obj).Metadata }, Media.Format);
            case Conversion.PartialObjectMetadata:
                return AnswerWriter.WriteBytesAsync(
                    Http, code, AnswerWriter.Json(json => MetadataForms.WritePartial(json, Kind.ToStored(obj).Metadata, version)), Media.Format);
            case Conversion.PartialObjectMetadataList:
                return WriteAsync(ApiErrors.NotAcceptableText(
                    $"you requested PartialObjectMetadataList, but the requested object is not a list ({InternalName()})"));
            default:
                // A scale or a token request is no object of the path's kind, and has columns of its own.
                ApiKind shown = obj.KindInfo == Kind.Info
                    ? Kind
                    : ApiKinds.All.FirstOrDefault(one => one.Info == obj.KindInfo) ?? Kind;
                return WriteTableAsync(code, shown, obj);
        }
    }

    private Task WriteTableAsync(int code, ApiKind shown, IObject obj)
    {
        string version = obj.Metadata.ResourceVersion;
        string meta = version.Length == 0 ? "{}" : $"{{\"resourceVersion\":\"{version}\"}}";
        return AnswerWriter.WriteBytesAsync(
            Http,
            code,
            AnswerWriter.Json(json => MetadataForms.WriteTable(json, shown, obj, meta, TableForm, new(Now))),
            Media.Format);
    }

    /// <summary>What each row of a table carries.</summary>
    public TableForm TableForm
    {
        get
        {
            string include = RequestOptions.Text(Http.Request.Query, "includeObject");
            return new(Media.ConversionVersion, include.Length == 0 ? "Metadata" : include);
        }
    }

    /// <summary>What is wrong with the options of a table, if the answer is to be one.</summary>
    public Status? TableProblem
    {
        get
        {
            if (Media.Conversion != Conversion.Table || TableForm.Include is "Metadata" or "Object" or "None")
            {
                return null;
            }

            FieldErrors errors = new();
            errors.Invalid(
                FieldPath.Of("includeObject"), TableForm.Include, "must be 'Metadata', 'Object', 'None', or empty");
            return ApiErrors.BadRequest("Unable to convert to Table as requested: " + errors.All.Single());
        }
    }

    /// <summary>Writes a page of a list in the negotiated form.</summary>
    public async Task WritePageAsync(ObjectPage page)
    {
        if (TableProblem is { } problem)
        {
            await WriteAsync(problem);
            return;
        }

        if (Media.Conversion == Conversion.PartialObjectMetadata)
        {
            await WriteAsync(ApiErrors.NotAcceptableText($"you requested PartialObjectMetadata, but the requested object is a list ({InternalName()}List)"));
            return;
        }

        await ListWriter.WriteAsync(this, page);
    }

    /// <summary>Puts the request's warnings into the answer's headers.</summary>
    public void WriteWarnings(ApiRequest request)
    {
        foreach (string warning in WarningHeader.Fit(request.Warnings))
        {
            Http.Response.Headers.Append("Warning", WarningHeader.Format(warning));
        }
    }

    private static Status TooLarge() => ApiErrors.TooLarge(string.Create(
        CultureInfo.InvariantCulture, $"Request entity too large: limit is {LargestBody}"));

    private string InternalName() =>
        $"*{RegisteredKinds.InternalPackage(Kind.Info.Group, Kind.Info.Kind)}.{Kind.Info.Kind}";
}

/// <summary>The Warning header: code 299, no agent, the text as a quoted string.</summary>
internal static class WarningHeader
{
    /// <summary>Upstream's limit on an answer's warnings together, in characters.</summary>
    private const int MostCharacters = 4 * 1024;

    /// <summary>What a warning is cut to where they are too long together.</summary>
    private const int MostCharactersOfOne = 256;

    /// <summary>The warnings as they are, or where they are too long together, each cut short, and as many as
    /// fit.</summary>
    public static IEnumerable<string> Fit(IReadOnlyList<string> warnings)
    {
        if (warnings.Sum(one => one.Length) <= MostCharacters)
        {
            return warnings;
        }

        List<string> cut = [];
        int written = 0;
        foreach (string warning in warnings)
        {
            if (written >= MostCharacters)
            {
                break;
            }

            string one = string.Concat(warning.EnumerateRunes().Take(MostCharactersOfOne));
            written += one.EnumerateRunes().Count();
            cut.Add(one);
        }

        return cut;
    }

    /// <summary>Formats a warning; control characters and quotes are escaped or dropped.</summary>
    public static string Format(string text)
    {
        System.Text.StringBuilder quoted = new("299 - \"");
        foreach (char one in text)
        {
            if (one is '"' or '\\')
            {
                quoted.Append('\\').Append(one);
            }
            else if (!char.IsControl(one))
            {
                quoted.Append(one);
            }
        }

        return quoted.Append('"').ToString();
    }
}
