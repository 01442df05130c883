using System.Buffers;
using System.Text;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

public sealed class TableRowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ages_are_filled_in_where_the_marks_were()
    {
        TableRow row = TableRow.TryCut("""["a","#","3 (# ago)"]"""u8, "#"u8, [new(Noon.AddSeconds(-90)), new(Noon.AddMinutes(-5))])!;
        Assert.Equal("""["a","90s","3 (5m ago)"]""", Written(row, Noon));
        Assert.Equal("""["a","24h","3 (24h ago)"]""", Written(row, Noon.AddHours(24)));
    }

    [Fact]
    public void A_time_to_come_is_invalid_and_escaped_as_in_all_json()
    {
        TableRow row = TableRow.TryCut("""["#"]"""u8, "#"u8, [new(Noon.AddHours(1))])!;
        Assert.Equal("""["\u003cinvalid\u003e"]""", Written(row, Noon));
    }

    [Theory]
    [InlineData("""["#","#"]""")]
    [InlineData("""["none"]""")]
    public void A_row_whose_own_text_looks_like_a_mark_is_not_kept(string json) =>
        Assert.Null(TableRow.TryCut(Encoding.UTF8.GetBytes(json), "#"u8, [new(Noon)]));

    private static string Written(TableRow row, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> written = new();
        row.Write(written, new Time(now));
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }
}
