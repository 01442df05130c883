using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Keelson.Api.Core.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Server.Http;
using Keelson.Server.Storage;
using Keelson.Server.Tests.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Tests.Http;

public sealed class ListFormTests
{
    private static readonly Time Now = new(new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero));

    private static readonly TableForm Form = new("v1", "Metadata");

    [Fact]
    public void A_table_made_of_kept_rows_equals_one_made_of_records()
    {
        ObjectCache cache = StoredPods.Filled(new FormBudget(), 3);
        string first = Json(new TableListForm(StoredPods.Kind, PageOf(cache), Form, Now), cache);
        string again = Json(new TableListForm(StoredPods.Kind, PageOf(cache), Form, Now), cache);
        string expected = Text(AnswerWriter.Json(json => MetadataForms.WriteTable(
            json, StoredPods.Kind, cache.Snapshot.All.First().Record, "{}", Form, new(Now))));
        Assert.Equal(first, again);
        Assert.Contains(
            expected[(expected.IndexOf("\"rows\":[", StringComparison.Ordinal) + 8)..^2],
            first,
            StringComparison.Ordinal);
        Assert.Contains("\"5m\"", first, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_in_protobuf_holds_the_messages_of_its_objects()
    {
        ObjectCache cache = StoredPods.Filled(new FormBudget(), 300);
        ArrayBufferWriter<byte> written = new();
        Write(new ProtoListForm(StoredPods.Kind, PageOf(cache), default), written, cache);
        ProtoEnvelope envelope = ProtoEnvelope.Read(written.WrittenSpan.ToArray());
        Assert.Equal(("v1", "PodList"), (envelope.ApiVersion, envelope.Kind));
        List<Pod> pods = [];
        ProtoReader reader = new(envelope.Content.Span);
        while (reader.Next(out int field))
        {
            if (field == 2)
            {
                ProtoReader item = reader.Message();
                pods.Add(Pod.ReadProto(ref item));
            }
            else
            {
                reader.Skip();
            }
        }

        Assert.Equal(cache.Snapshot.All.Select(one => one.Record), pods);
    }

    [Fact]
    public async Task A_compressed_list_is_joined_of_chunks_that_are_kept_until_they_change()
    {
        FormBudget budget = new();
        ObjectCache cache = StoredPods.Filled(budget, 1000);
        string plain = Json(new JsonListForm(StoredPods.Kind, PageOf(cache)), cache);
        Assert.Equal(plain, await CompressedAsync(cache));
        long kept = budget.Bytes;
        Assert.True(kept > 0);
        Assert.Equal(plain, await CompressedAsync(cache));
        Assert.Equal(kept, budget.Bytes);
        cache.Apply("/registry/pods/n/pod-000300", StoredPods.Pod(300, 2000), 2000);
        Assert.InRange(budget.Bytes, 1, kept - 1);
        Assert.Equal(Json(new JsonListForm(StoredPods.Kind, PageOf(cache)), cache), await CompressedAsync(cache));
    }

    [Fact]
    public async Task Lists_of_kept_forms_allocate_next_to_nothing_for_an_object()
    {
        ObjectCache cache = StoredPods.Filled(new FormBudget(), 1000);
        ArrayBufferWriter<byte> target = new(4 << 20);
        foreach (Func<ListForm> make in new Func<ListForm>[]
        {
            () => new JsonListForm(StoredPods.Kind, PageOf(cache)),
            () => new PartialListForm(PageOf(cache), "v1"),
            () => new ProtoListForm(StoredPods.Kind, PageOf(cache), default),
            () => new TableListForm(StoredPods.Kind, PageOf(cache), Form, Now),
        })
        {
            Write(make(), target, cache);
            target.ResetWrittenCount();
            // A table's age is a text of 32 bytes; the rest is the list's own head.
            int most = make() is TableListForm ? 60 : 8;
            long each = long.MaxValue;

            // Code that is not optimised yet allocates more; that takes some rounds.
            for (int round = 0; round < 250 && each > most; round++)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                ListForm form = make();
                long before = GC.GetAllocatedBytesForCurrentThread();
                Write(form, target, cache);
                each = Math.Min(each, (GC.GetAllocatedBytesForCurrentThread() - before) / 1000);
                target.ResetWrittenCount();
            }

            Assert.InRange(each, 0, most);
        }
    }

    private static ObjectPage PageOf(ObjectCache cache) =>
        new(cache.Snapshot.Range(cache.Prefix, null), cache.Snapshot.Revision, "", null);

    private static async Task<string> CompressedAsync(ObjectCache cache)
    {
        ObjectPage page = PageOf(cache);
        using MemoryStream compressed = new();
        PipeWriter body = PipeWriter.Create(compressed, new StreamPipeWriterOptions(leaveOpen: true));
        await new GzipListWriter(body, ListWriter.TypePrefix(StoredPods.Kind).Length, default)
            .WriteAsync(new JsonListForm(StoredPods.Kind, page), (ObjectRange)page.Items);
        await body.CompleteAsync();
        compressed.Position = 0;
        using GZipStream gzip = new(compressed, CompressionMode.Decompress);
        using StreamReader reader = new(gzip);
        return await reader.ReadToEndAsync();
    }

    private static string Json(ListForm form, ObjectCache cache)
    {
        ArrayBufferWriter<byte> written = new();
        Write(form, written, cache);
        return Text(written.WrittenSpan);
    }

    private static void Write(ListForm form, IBufferWriter<byte> target, ObjectCache cache)
    {
        form.Begin(target);
        bool isFirst = true;
        foreach (StoredObject obj in PageOf(cache).Items)
        {
            form.Item(target, obj, isFirst);
            isFirst = false;
        }

        form.End(target, isFirst);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);
}
