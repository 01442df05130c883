using Keelson.Streaming.Spdy;

namespace Keelson.Streaming.Tests.Spdy;

public sealed class SpdyHeaderTests
{
    /// <summary>Two header blocks in a row as zlib itself compresses them with SPDY's dictionary.</summary>
    private const string First = "78f9e3c6a7c202a62346703a2b294a4dcc851625aca9a08006000000ffff";
    private const string Second = "c22a054ccc29f9a52500000000ffff";

    [Fact]
    public void Blocks_of_zlib_with_the_dictionary_are_read_one_after_the_other()
    {
        using SpdyHeaderInflater inflater = new();
        Dictionary<string, string> first = SpdyHeaderBlock.Read(inflater.Inflate(Convert.FromHexString(First)));
        Dictionary<string, string> second = SpdyHeaderBlock.Read(inflater.Inflate(Convert.FromHexString(Second)));
        Assert.Equal("error", first["streamType"]);
        Assert.Equal("stdout", second["streamtype"]);
    }

    [Fact]
    public void What_is_written_can_be_read_again()
    {
        SpdyHeaderDeflater deflater = new();
        using SpdyHeaderInflater inflater = new();
        foreach (string value in (string[])["a", new string('x', 5000), "ü"])
        {
            Dictionary<string, string> headers = new() { ["Port"] = value, ["requestID"] = "0" };
            byte[] block = inflater.Inflate(deflater.Deflate(SpdyHeaderBlock.Write(headers)));
            Assert.Equal(value, SpdyHeaderBlock.Read(block)["port"]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("7801ffffffff")]
    [InlineData("78f9e3c6")]
    public void What_is_no_header_block_is_refused(string hex)
    {
        using SpdyHeaderInflater inflater = new();
        Assert.Throws<SpdyProtocolException>(() => SpdyHeaderBlock.Read(inflater.Inflate(Convert.FromHexString(hex))));
    }

    [Fact]
    public void A_small_block_may_not_become_a_large_one()
    {
        using MemoryStream packed = new();
        using (System.IO.Compression.ZLibStream zlib = new(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(new byte[10 * SpdyHeaderInflater.MaxInflated]);
        }

        using SpdyHeaderInflater inflater = new();
        Assert.Throws<SpdyProtocolException>(() => inflater.Inflate(packed.ToArray()));
    }

    [Fact]
    public void A_frame_header_has_its_bits_where_the_protocol_puts_them()
    {
        byte[] bytes = new byte[SpdyFrameHeader.Size];
        new SpdyFrameHeader(SpdyFrameType.Data, 3, SpdyFrameHeader.FlagFin, 0x10203).Write(bytes);
        Assert.Equal("0000000301010203", Convert.ToHexString(bytes));
        Assert.Equal(
            "8003000300000008000000050000000500000000"[..32],
            Convert.ToHexString(SpdyControlFrames.RstStream(5, SpdyStatus.Cancel)));
        Assert.Throws<SpdyProtocolException>(() => SpdyFrameHeader.Read(Convert.FromHexString("8002000300000008")));
    }
}
